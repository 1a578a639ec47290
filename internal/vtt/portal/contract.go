package portal

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// ErrUnpublished means that the contract has no such operation. Nothing was sent.
var ErrUnpublished = errors.New("the operation is not published")

// Contract is what a service publishes: its operations with the names, parameters and types that it uses. It is immutable.
type Contract struct {
	operations map[Op]Operation
	strangers  []string // operations that are published and not known here
}

// NewContract makes a contract of operations.
func NewContract(operations []Operation) Contract {
	c := Contract{operations: make(map[Op]Operation, len(operations))}
	for _, o := range operations {
		c.operations[o.Op] = o
	}
	return c
}

// DefaultContract is the current age as documented: what holds for a service whose own WSDL was not read.
func DefaultContract() Contract { return NewContract(Operations(Current)) }

// Operation finds an operation.
func (c Contract) Operation(op Op) (Operation, bool) {
	o, ok := c.operations[op]
	return o, ok
}

// Missing lists the operations of the current age that this contract lacks.
func (c Contract) Missing() []Op {
	var missing []Op
	for _, o := range Operations(Current) {
		if _, ok := c.operations[o.Op]; !ok {
			missing = append(missing, o.Op)
		}
	}
	return missing
}

// Strangers lists published operations that are not known here, by their names on the wire.
func (c Contract) Strangers() []string { return slices.Clone(c.strangers) }

// Contracts is where a client learns the contract in force.
type Contracts interface {
	// Contract returns the contract in force; it may take a moment the first time.
	Contract(ctx context.Context) Contract
	// Doubt says that the service did not know an operation that its contract has.
	Doubt()
}

// Contract makes a Contract the Contracts of those who have only one.
func (c Contract) Contract(context.Context) Contract { return c }

// Doubt does nothing: a fixed contract can't be read again.
func (c Contract) Doubt() {}

// Contract takes from what is published the operations that are known here: what they are called, which parameters they take
// in which order, and of which types. An operation without a parameter that its meaning needs is left out, as if it were
// not published.
func (p Published) Contract() Contract {
	c := Contract{operations: map[Op]Operation{}}
	taken := map[string]bool{}
	for _, known := range append(Operations(Current), OptionalOperations()...) {
		o, found := p.find(known)
		if !found {
			continue
		}
		taken[o.Name] = true
		if bound, ok := p.bind(known, o); ok {
			c.operations[known.Op] = bound
		}
	}
	for _, o := range p.Operations {
		if !taken[o.Name] {
			c.strangers = append(c.strangers, o.Name)
		}
	}
	return c
}

// find looks for an operation under its names of either age.
func (p Published) find(known Operation) (PublishedOperation, bool) {
	for _, name := range []string{known.Name, known.Formerly} {
		if o, ok := p.Operation(name); ok && name != "" {
			return o, true
		}
	}
	return PublishedOperation{}, false
}

// bind gives a known operation the names, order and types that are published.
func (p Published) bind(known Operation, o PublishedOperation) (Operation, bool) {
	bound := known
	bound.Name, bound.Formerly, bound.SOAPAction, bound.Params = o.Name, "", o.Action, nil
	bound.Result, bound.ResultName = TypeNone, ""
	for _, m := range o.Result {
		bound.Result, bound.ResultName = m.Type, m.Name
	}
	for _, m := range o.Params {
		bound.Params = append(bound.Params, Param{Name: m.Name, Type: lineType(m), Members: p.lineMembers()})
	}
	for _, needed := range known.Params {
		if _, ok := bound.Param(needed.Name); !ok && needed.Name != "count" {
			return Operation{}, false
		}
	}
	return bound, true
}

// lineType recognises the two forms in which lines are asked for, whatever the types are called.
func lineType(m Member) string {
	switch {
	case argument(m.Name) != "lines":
		return m.Type
	case strings.HasPrefix(m.Type, "ArrayOf"):
		return TypeNewLines
	}
	return TypeNewLine
}

// lineMembers is the published order of a new line's members.
func (p Published) lineMembers() []string {
	var names []string
	for _, m := range p.Types[TypeNewLine] {
		names = append(names, m.Name)
	}
	return names
}

// argument is the argument that a parameter takes: the case of names has varied, and AddItem's lines have been called item.
func argument(name string) string {
	if name = fold(name); name != "item" {
		return name
	}
	return "lines"
}

// fold makes names comparable: the documentation prints them in any case, and one with a Cyrillic letter among Latin ones.
func fold(name string) string {
	return strings.ToLower(strings.NewReplacer("с", "c", "С", "C", "о", "o", "О", "O", "е", "e", "Е", "E").Replace(name))
}
