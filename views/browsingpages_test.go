package views_test

import "testing"

func TestPagesOfBrowsingLookAsAgreed(t *testing.T) {
	ctx := russian(t)
	for _, p := range browsingPages() {
		t.Run(p.name, func(t *testing.T) { golden(t, ctx, p.name, p.make(ctx)) })
	}
}

func TestFragmentsLookAsAgreed(t *testing.T) {
	ctx := russian(t)
	for _, p := range fragments() {
		t.Run(p.name, func(t *testing.T) { goldenText(t, p.name, legible(render(t, ctx, p.make(ctx)))) })
	}
}
