package doctor

import (
	"time"

	"storefront/internal/vtt/portal"
)

// Verdict is the whole report in a word.
type Verdict string

const (
	Good    Verdict = "good"    // as expected in everything that was looked at
	Differs Verdict = "differs" // it works, but not in everything as expected; the report says what the storefront does then
	Broken  Verdict = "broken"  // something that the storefront cannot do without does not work
)

// Report is what an examination found. It holds no password; its times are whole milliseconds.
type Report struct {
	Address    string    `json:"address"`
	ExaminedAt time.Time `json:"examinedAt"`
	Verdict    Verdict   `json:"verdict"`
	Reasons    []string  `json:"reasons"` // of a verdict that is not Good
	Channel    Channel   `json:"channel"`
	Contract   Contract  `json:"contract"`
	Account    Account   `json:"account"`
	Calls      []Call    `json:"calls"`
	Beliefs    []Belief  `json:"beliefs"`
}

// Channel is the way to the service.
type Channel struct {
	Plain bool   `json:"plain"`           // credentials travel in clear
	Proxy bool   `json:"proxy"`           // through VTT_PROXY
	Error string `json:"error,omitempty"` // why the service could not be reached
	Cause string `json:"cause,omitempty"` // the class of that error
	// ClockDifference is how far the service's clock is ahead of ours, in milliseconds, to about a second. nil where it does
	// not tell its time.
	ClockDifference *int64 `json:"clockDifferenceMs,omitempty"`
}

// Contract is what the service publishes of itself, against what is expected.
type Contract struct {
	Source      string              `json:"source"`          // singleWsdl, wsdl or table
	Error       string              `json:"error,omitempty"` // why the table serves
	Age         portal.Age          `json:"age,omitempty"`   // the known age that it differs from least
	Operations  int                 `json:"operations"`
	Missing     []portal.Op         `json:"missing,omitempty"`   // of the current age's
	Strangers   []string            `json:"strangers,omitempty"` // published, not known here
	Differences []portal.Difference `json:"differences,omitempty"`
}

// Account is what the login may do.
type Account struct {
	Login    string `json:"login"`
	Accepted bool   `json:"accepted"`
	Error    string `json:"error,omitempty"`
	MayEdit  string `json:"mayEdit"` // yes, no or unknown
}

// Outcomes of calls and beliefs.
const (
	OK        = "ok"
	Holds     = "holds"
	Other     = "differs"
	NotAsked  = "not asked"
	NotThere  = "not published"
	Failed    = "failed"
	mayEdit   = "yes"
	mayNot    = "no"
	isUnknown = "unknown"
)

// Call is one call of an operation.
type Call struct {
	Operation    portal.Op `json:"operation"`
	Outcome      string    `json:"outcome"`
	Detail       string    `json:"detail,omitempty"` // why it failed or was not made
	Milliseconds int64     `json:"ms"`
	Bytes        int64     `json:"bytes"` // of the answer, decompressed
	Rows         int       `json:"rows"`
}

// Belief is the answer to a numbered question.
type Belief struct {
	Number    int    `json:"number"`
	Name      string `json:"name"`
	Question  string `json:"question"`
	Outcome   string `json:"outcome"`
	Believed  string `json:"believed"`
	Answer    string `json:"answer,omitempty"`
	Detail    string `json:"detail,omitempty"`    // why there is no answer
	Otherwise string `json:"otherwise,omitempty"` // what the storefront does where the answer differs
}

// needed lists operations of which at least one of each group must work for the storefront to be any use.
func needed() [][]portal.Op {
	return [][]portal.Op{
		{portal.GetItemPortion, portal.GetItems},
		{portal.GetRuntimeItemsPortion, portal.GetRuntimeItems},
		{portal.GetCategories}, {portal.GetOrders}, {portal.GetOrderWithLines}, {portal.CreateOrder},
	}
}

// judge gives the report its verdict.
func (r *Report) judge() {
	broken := r.brokenBy()
	differs := r.differsBy()
	r.Reasons = append(broken, differs...)
	switch {
	case len(broken) > 0:
		r.Verdict = Broken
	case len(differs) > 0:
		r.Verdict = Differs
	default:
		r.Verdict = Good
	}
}

func (r *Report) brokenBy() []string {
	var why []string
	switch {
	case r.Channel.Error != "":
		why = append(why, "the service cannot be reached: "+r.Channel.Error)
	case !r.Account.Accepted:
		why = append(why, "the login was not accepted: "+r.Account.Error)
	}
	for _, group := range needed() {
		if r.lacks(group) {
			why = append(why, "not published: "+string(group[0]))
		}
	}
	for _, c := range r.Calls {
		if c.Outcome == Failed {
			why = append(why, string(c.Operation)+" failed: "+c.Detail)
		}
	}
	return why
}

// lacks tells whether none of these operations is published.
func (r *Report) lacks(group []portal.Op) bool {
	missing := map[portal.Op]bool{}
	for _, op := range r.Contract.Missing {
		missing[op] = true
	}
	for _, op := range group {
		if !missing[op] {
			return false
		}
	}
	return true
}

func (r *Report) differsBy() []string {
	var why []string
	if r.Contract.Source == sourceTable && r.Channel.Error == "" {
		why = append(why, "no contract is published: "+r.Contract.Error)
	}
	for _, op := range r.Contract.Missing {
		why = append(why, "not published, its feature is switched off: "+string(op))
	}
	for _, d := range r.Contract.Differences {
		if d.Kind != portal.Added {
			why = append(why, "contract: "+d.String())
		}
	}
	for _, b := range r.Beliefs {
		switch b.Outcome {
		case Other:
			why = append(why, "belief "+number(b.Number)+" "+b.Name+": "+b.Answer+", not "+b.Believed)
		case Failed:
			why = append(why, "belief "+number(b.Number)+" "+b.Name+" could not be settled: "+b.Detail)
		}
	}
	return why
}
