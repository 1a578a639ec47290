package vtt

import (
	"slices"
	"testing"
	"time"

	"storefront/internal/soap"
	"storefront/internal/vtt/portal"
)

// fence is how long after an order's sending was written down its first byte may still leave. The desk keeps it.
const fence = 20 * time.Second

// published is every operation that a contract may hold.
func published() []portal.Operation {
	return slices.Concat(portal.Operations(portal.Current), portal.Operations(portal.Older), portal.OptionalOperations())
}

// Every operation of every contract has bounds that go together.
func TestEveryOperationHasAPolicy(t *testing.T) {
	seen := map[portal.Op]bool{}
	for _, o := range published() {
		seen[o.Op] = true
		p, ok := policies[o.Op]
		if !ok {
			t.Errorf("%s has no bounds", o.Op)
			continue
		}
		for _, flaw := range flaws(o, p) {
			t.Errorf("%s: %+v: %s", o.Op, p, flaw)
		}
	}
	for op := range policies {
		if !seen[op] {
			t.Errorf("%s has bounds and is published nowhere", op)
		}
	}
	if len(seen) != 21 {
		t.Errorf("%d operations were looked at, want 21", len(seen))
	}
	reading := portal.Operation{Op: portal.GetGoodsCompatibilityInformation, Result: portal.TypeCompatibles}
	for _, flaw := range flaws(reading, probe) {
		if flaw != "lists are read in the background" { // it reads one row
			t.Errorf("probe: %+v: %s", probe, flaw)
		}
	}
}

// flaws finds what is wrong with the bounds of an operation.
func flaws(o portal.Operation, p policy) (found []string) {
	demand := func(ok bool, flaw string) {
		if !ok {
			found = append(found, flaw)
		}
	}
	demand(p.deadline > 0, "no end")
	demand(p.deadline <= 10*time.Minute, "an end too far away")
	demand(p.limit == listLimit || p.limit == orderLimit || p.limit == singleLimit, "a size out of the table")
	demand(p.limit == listLimit == catalogue(o), "the largest size is for what grows with the catalogue, and for that alone")
	demand(p.firstByte <= p.deadline && p.wait < p.deadline, "a part is longer than the whole")
	if o.Writes {
		demand(p.firstByte == 0, "giving up a write early only makes its outcome unknown")
		demand(p.class == soap.Urgent, "a write waits behind reads")
		demand(p.wait > 0 && p.wait+soap.LongestWay < p.deadline, "no time is left for the answer")
		return found
	}
	demand(p.firstByte > soap.LongestWay, "no time is left to connect")
	demand(p.class != soap.Bulk == (p.wait > 0), "what somebody waits for does not wait for a slot for ever, the background does")
	demand(!catalogue(o) || p.class == soap.Bulk, "lists are read in the background")
	return found
}

// catalogue tells of answers that grow with the catalogue.
func catalogue(o portal.Operation) bool {
	switch o.Result {
	case portal.TypeItems, portal.TypeRuntimes, portal.TypePortion, portal.TypeRuntimePart, portal.TypeAttributes, portal.TypeCompatibles:
		return o.Op != portal.GetRelatedItems
	}
	return false
}

// The first byte of an order leaves before the fence: later it would not be looked for long enough.
func TestOrdersLeaveBeforeTheFence(t *testing.T) {
	if late := policyOf(portal.CreateOrder).wait + soap.LongestWay; late >= fence {
		t.Errorf("an order may leave %v after it was written down, the fence is %v", late, fence)
	}
}

// The check itself finds what is wrong.
func TestFlawedPoliciesAreFound(t *testing.T) {
	read := portal.Operation{Op: portal.GetOrders, Result: portal.TypeOrders}
	write := portal.Operation{Op: portal.CreateOrder, Result: portal.TypeString, Writes: true}
	list := portal.Operation{Op: portal.GetItems, Result: portal.TypeItems}
	for name, c := range map[string]struct {
		operation portal.Operation
		change    func(*policy)
	}{
		"no end":                {read, func(p *policy) { p.deadline = 0 }},
		"no size":               {read, func(p *policy) { p.limit = 0 }},
		"a late first byte":     {read, func(p *policy) { p.firstByte = p.deadline + 1 }},
		"no first byte":         {read, func(p *policy) { p.firstByte = 0 }},
		"waiting for ever":      {read, func(p *policy) { p.wait = 0 }},
		"an impatient write":    {write, func(p *policy) { p.firstByte = time.Second }},
		"a write in the queue":  {write, func(p *policy) { p.class = soap.Prompt }},
		"a write without time":  {write, func(p *policy) { p.wait = p.deadline - time.Second }},
		"a list in the way":     {list, func(p *policy) { p.class = soap.Prompt }},
		"a list that can't fit": {list, func(p *policy) { p.limit = singleLimit }},
	} {
		p := policyOf(c.operation.Op)
		if found := flaws(c.operation, p); len(found) > 0 {
			t.Fatalf("%s: %q", c.operation.Op, found)
		}
		c.change(&p)
		if len(flaws(c.operation, p)) == 0 {
			t.Errorf("%s: nothing is wrong with %+v", name, p)
		}
	}
}
