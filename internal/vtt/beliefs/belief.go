// Package beliefs is what the storefront takes for true of the distributor's service and cannot know: numbered questions, one
// file each, that can be put to any service over the wire. The model is s3assumer of gofakes3.
//
// Each is answered by a short word that does not change between askings. The emulator gives the believed answer unless it is
// told otherwise (emulator.Answers has a switch for each), and the tests here show three things of every belief: that it
// holds at the emulator, that it is found to differ at an emulator set to another answer, and that the client gives right
// results, or tells the truth about them, under both.
//
// Questions that change orders are asked only on request. None can create an order, and each puts back what it changed; but a
// piece that was out of an order for a moment may have been reserved by somebody else meanwhile.
package beliefs

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"storefront/internal/soap"
	"storefront/internal/vtt/portal"
)

// Belief is a numbered question about the service and the answer that the storefront counts on.
type Belief struct {
	Number    int    // never reused
	Name      string // the name of the question's file, in kebab case
	Question  string // one sentence
	Believed  string // the answer that is the storefront's best guess
	Otherwise string // one sentence: what the storefront does where the answer is another
	Writes    bool   // asking changes orders
	// Ask returns the answer. Its error wraps ErrNotAsked where this service or login can't be asked; any other means that the
	// asking failed, or that an order could not be put back as it was, then with the answer.
	Ask func(ctx context.Context, s *Service) (answer string, err error)
}

// All lists the beliefs by number.
func All() []Belief {
	return []Belief{
		ordersBelongToTheDealer(),
		itemsCarryLocalPricePhotosAndGroup(),
		itemsCarryReservedAndRest(),
		utdUrlComesWithListAndStatus(),
		utdUrlIsMissingWithLines(),
		linksStandApartBySpaceCommaOrSemicolon(),
		customsListsHaveBrackets(),
		noteAnswerIsText(),
		noteIsReplaced(),
		noteLengthIsLimited(),
		unknownItemIsBusinessLogic(),
		wrongLinesAreContractErrors(),
		businessLogicErrorIsSpelledRight(),
		faultCodesHavePrefixS(),
		newOrderHasTheAccountsCurrency(),
		ordersListIsTheWholeHistory(),
		returnsAreATypeOfTheirOwn(),
		itemsCarryTwoBarcodes(),
		lifeTimeComesOnce(),
		groupIdIsACategory(),
		rootsShareChildrensNames(),
		addItemAdds(),
		removeItemCountIsRemoved(),
		usdRubRateIsPublished(),
		rateIsDateThenRate(),
		portionBeyondTheEndIsEmpty(),
		portionsIncludeBothEnds(),
		totalCountIsTheSize(),
		creationDateHasNoOffset(),
		quantitiesAreWhole(),
		compatibilityRowsAreCompatibilityDto(),
		nothingHasThreeForms(),
		optionalOperationsAreMissing(),
	}
}

// ErrNotAsked means that a question could not be put: it takes a second login, a right, an order, or leave to change orders.
// What was not asked neither holds nor differs.
var ErrNotAsked = errors.New("not asked")

// notAsked says why.
func notAsked(reason string) error { return fmt.Errorf("%w: %s", ErrNotAsked, reason) }

// Finding is the outcome of asking one belief.
type Finding struct {
	Belief Belief
	Answer string // empty where there is none
	Err    error  // why there is no answer, or what went wrong besides
	Asked  bool   // false where Err wraps ErrNotAsked
}

// Holds tells whether the service answered as believed, and nothing went wrong.
func (f Finding) Holds() bool { return f.Asked && f.Err == nil && f.Answer == f.Belief.Believed }

// Differs tells whether the service gave another answer.
func (f Finding) Differs() bool { return f.Asked && f.Answer != "" && f.Answer != f.Belief.Believed }

// Ask puts every question to a service, one after the other; those that change orders only where writes allows it. The
// findings are in the beliefs' order.
func Ask(ctx context.Context, s *Service, writes bool) []Finding {
	var findings []Finding
	for _, b := range All() {
		findings = append(findings, b.find(ctx, s, writes))
	}
	return findings
}

func (b Belief) find(ctx context.Context, s *Service, writes bool) Finding {
	f := Finding{Belief: b}
	if b.Writes && !writes {
		f.Err = notAsked("it changes orders, and that was not allowed")
		return f
	}
	if f.Err = ctx.Err(); f.Err != nil {
		return f
	}
	f.Answer, f.Err = b.Ask(ctx, s)
	f.Err = unaskable(f.Err)
	f.Asked = !errors.Is(f.Err, ErrNotAsked)
	if !f.Asked {
		f.Answer = ""
	}
	return f
}

// unaskable turns what every question may run into, a missing right or operation, into a reason for not asking.
func unaskable(err error) error {
	var fault *soap.Fault
	switch {
	case errors.Is(err, portal.ErrUnpublished):
		return notAsked("the service does not publish the operation")
	case !errors.As(err, &fault):
		return err
	case fault.Code == portal.CodeNonAuthorized:
		return notAsked("the login may not edit orders")
	case fault.Code == portal.CodeActionNotSupported:
		return notAsked("the service does not know the operation")
	}
	return err
}

// faultWord names the code of a fault that answers a question; any other error is returned as it is.
func faultWord(err error) (string, error) {
	var fault *soap.Fault
	if !errors.As(err, &fault) {
		return "", err
	}
	words := map[string]string{portal.CodeBusinessLogic: "business", portal.CodeContract: "contract", portal.CodeTechnical: "technical"}
	if word, known := words[fault.Code]; known {
		return word, nil
	}
	return "", err
}

// either is the answer to a question of two.
func either(yes bool, then, otherwise string) string {
	if yes {
		return then
	}
	return otherwise
}

// oneOf is the only word there is, or "mixed".
func oneOf(words []string) string {
	if words = slices.Compact(slices.Sorted(slices.Values(words))); len(words) == 1 {
		return words[0]
	}
	return "mixed"
}
