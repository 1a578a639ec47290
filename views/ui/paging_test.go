package ui_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"storefront/views/ui"
)

func TestPagingShowsTheEndsAndTheNeighbours(t *testing.T) {
	for _, c := range []struct {
		page, pages int
		want        string
	}{
		{1, 1, ""}, {1, 2, "1 2"}, {2, 3, "1 2 3"}, {1, 49, "1 2 … 49"}, {3, 49, "1 2 3 4 … 49"}, {4, 49, "1 2 3 4 5 … 49"},
		{5, 49, "1 … 4 5 6 … 49"}, {25, 49, "1 … 24 25 26 … 49"}, {47, 49, "1 … 46 47 48 49"}, {49, 49, "1 … 48 49"},
	} {
		p := ui.Paging{Page: c.page, Pages: c.pages, URL: func(n int) string { return "/list?page=" + strings.Repeat("i", n) }}
		var b bytes.Buffer
		if err := ui.PagingPart(p).Render(context.Background(), &b); err != nil {
			t.Fatal(err)
		}
		d, err := goquery.NewDocumentFromReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		d.Find("li").Each(func(_ int, s *goquery.Selection) { got = append(got, strings.TrimSpace(s.Text())) })
		if strings.Join(got, " ") != c.want {
			t.Errorf("page %d of %d: %q, want %q", c.page, c.pages, strings.Join(got, " "), c.want)
		}
		if steps := d.Find("[rel=prev]").Length() + 2*d.Find("[rel=next]").Length(); c.pages > 1 {
			if want := map[bool]int{true: 1}[c.page > 1] + map[bool]int{true: 2}[c.page < c.pages]; steps != want {
				t.Errorf("page %d of %d: steps %d, want %d", c.page, c.pages, steps, want)
			}
		}
	}
}
