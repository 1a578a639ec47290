package views_test

import "testing"

func TestPagesOfOrderingLookAsAgreed(t *testing.T) {
	ctx := russian(t)
	for _, p := range orderingPages() {
		t.Run(p.name, func(t *testing.T) { golden(t, ctx, p.name, p.make(ctx)) })
	}
}
