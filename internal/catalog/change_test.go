package catalog_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
)

func TestWhatAChangeComesTo(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	seen := func(price string, branch, main, transit int64, due time.Time) catalog.Sighting {
		s := catalog.Sighting{Branch: decimal.NewFromInt(branch), Main: decimal.NewFromInt(main), Transit: decimal.NewFromInt(transit), Due: due}
		if price != "" {
			p := decimal.RequireFromString(price)
			s.Price = &p
		}
		return s
	}
	none := time.Time{}
	tests := map[string]struct {
		before, now catalog.Sighting
		want        []catalog.ChangeKind
	}{
		"nothing":                    {seen("10", 1, 1, 1, day(1)), seen("10.00", 1, 1, 1, day(1)), nil},
		"cheaper":                    {seen("10", 0, 0, 0, none), seen("9.99", 0, 0, 0, none), []catalog.ChangeKind{catalog.ChangeCheaper}},
		"dearer":                     {seen("9.99", 0, 0, 0, none), seen("10", 0, 0, 0, none), []catalog.ChangeKind{catalog.ChangeDearer}},
		"a price came":               {seen("", 0, 0, 0, none), seen("10", 0, 0, 0, none), nil},
		"a price went":               {seen("10", 0, 0, 0, none), seen("", 0, 0, 0, none), nil},
		"sold a few":                 {seen("10", 5, 5, 0, none), seen("10", 4, 3, 0, none), nil},
		"sold out":                   {seen("10", 5, 5, 0, none), seen("10", 0, 0, 0, none), nil},
		"back at the branch":         {seen("10", 0, 5, 0, none), seen("10", 2, 5, 0, none), []catalog.ChangeKind{catalog.ChangeBranch}},
		"back at the head office":    {seen("10", 1, 0, 0, none), seen("10", 1, 9, 0, none), []catalog.ChangeKind{catalog.ChangeMain}},
		"arrived":                    {seen("10", 1, 1, 9, day(3)), seen("10", 1, 10, 0, none), []catalog.ChangeKind{catalog.ChangeArrived}},
		"arrived where nothing was":  {seen("10", 1, 0, 9, day(3)), seen("10", 1, 9, 0, none), []catalog.ChangeKind{catalog.ChangeMain, catalog.ChangeArrived}},
		"lost on its way":            {seen("10", 1, 1, 9, day(3)), seen("10", 1, 1, 0, none), nil},
		"slipped":                    {seen("10", 1, 1, 9, day(3)), seen("10", 1, 1, 9, day(8)), []catalog.ChangeKind{catalog.ChangeSlipped}},
		"comes sooner":               {seen("10", 1, 1, 9, day(8)), seen("10", 1, 1, 9, day(3)), nil},
		"the next delivery is later": {seen("10", 1, 1, 9, day(3)), seen("10", 1, 6, 4, day(20)), []catalog.ChangeKind{catalog.ChangeArrived}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, catalog.Change{Before: test.before, Now: test.now}.Kinds()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A price of minus one means «on request»: it is no price, and its history says so.
func TestASightingOfAnOffer(t *testing.T) {
	due := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	minus := decimal.NewFromInt(-1)
	s := catalog.See(catalog.Offer{ItemID: "A", Price: &minus, Available: decimal.NewFromInt(3)}, due, due)
	if s.Price != nil || !s.Due.IsZero() {
		t.Errorf("%+v", s)
	}
	if moving := catalog.See(catalog.Offer{Transit: decimal.NewFromInt(1)}, due, due); !moving.Due.Equal(due) {
		t.Errorf("%+v", moving)
	}
}
