package vtt_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/vtt"
)

// semantics is how a service understands from and to.
type semantics string

const (
	documented semantics = "documented"
	observed   semantics = "observed"
)

// window answers a portion of the ids 0 to size-1 under either semantics, and what TotalCount says.
func (s semantics) window(size, from, to int) (first, end, total int) {
	if s == documented {
		return min(from, size), min(to+1, size), size
	}
	if from == 0 {
		first, end = 0, min(to, size)
	} else {
		first, end = min(from-1, size), min(to, size)
	}
	return first, end, end - 1
}

// beyond is what a service says of a window past the end of the list.
var beyond = map[string]func(http.ResponseWriter, string){
	"an empty list": func(w http.ResponseWriter, op string) { success(w, op, "<a:Items/><a:TotalCount>0</a:TotalCount>") },
	"a nil list":    func(w http.ResponseWriter, op string) { success(w, op, `<a:Items i:nil="true"/>`) },
	"nothing":       func(w http.ResponseWriter, op string) { success(w, op, "") },
	"a refusal": func(w http.ResponseWriter, _ string) {
		fault(w, "BUSINESS_LOGIC_ERROR", "нет такой порции")
	},
	"a wrong argument":  func(w http.ResponseWriter, _ string) { fault(w, "CONTRACT_ERROR", "from") },
	"a general failure": func(w http.ResponseWriter, _ string) { fault(w, "InternalServiceFault", "index out of range") },
}

// portions is a service of a list of items.
type portions struct {
	semantics
	size   int
	beyond string
	// spoil may answer instead.
	spoil func(w http.ResponseWriter, from, to int) bool
}

func (p *portions) answer(w http.ResponseWriter, r request) {
	from, _ := strconv.Atoi(r.param("from"))
	to, _ := strconv.Atoi(r.param("to"))
	if p.spoil != nil && p.spoil(w, from, to) {
		return
	}
	first, end, total := p.window(p.size, from, to)
	if first >= end && from > 0 {
		beyond[p.beyond](w, r.operation)
		return
	}
	success(w, r.operation, portionOf(r.operation, first, end, total))
}

func portionOf(operation string, first, end, total int) string {
	row := "ItemDto"
	if strings.Contains(operation, "Runtime") {
		row = "ItemRuntimeDto"
	}
	var b strings.Builder
	b.WriteString("<a:Items>")
	for i := first; i < end; i++ {
		fmt.Fprintf(&b, "<a:%s><a:Id>%d</a:Id><a:Price>1</a:Price></a:%s>", row, i, row)
	}
	fmt.Fprintf(&b, "</a:Items><a:TotalCount>%d</a:TotalCount>", total)
	return b.String()
}

// reading is what came of reading a list: its ids in order, and the progress reported last.
type reading struct {
	ids  []string
	last catalog.Progress
	err  error
}

func readListings(d *vtt.Distributor) (r reading) {
	r.err = d.EachListing(context.Background(), cred, func(list []catalog.Listing, p catalog.Progress) error {
		for _, l := range list {
			r.ids = append(r.ids, string(l.Item.ID))
		}
		r.last = p
		return nil
	})
	return r
}

func readOffers(d *vtt.Distributor) (r reading) {
	r.err = d.EachOffer(context.Background(), cred, func(list []catalog.Offer, p catalog.Progress) error {
		for _, o := range list {
			r.ids = append(r.ids, string(o.ItemID))
		}
		r.last = p
		return nil
	})
	return r
}

func numbers(n int) (list []string) {
	for i := range n {
		list = append(list, strconv.Itoa(i))
	}
	return list
}

// Under either semantics, whatever the sizes and whatever is said past the end, each item is read once.
func TestEveryItemIsReadOnce(outer *testing.T) {
	service := &portions{}
	u := newUpstream(outer, service.answer)
	rapid.Check(outer, func(t *rapid.T) {
		*service = portions{
			semantics: rapid.SampledFrom([]semantics{documented, observed}).Draw(t, "semantics"),
			size:      rapid.IntRange(0, 40).Draw(t, "size of the list"),
			beyond:    rapid.SampledFrom([]string{"an empty list", "a nil list", "nothing", "a refusal", "a wrong argument", "a general failure"}).Draw(t, "beyond the end"),
		}
		size := rapid.IntRange(2, 12).Draw(t, "portion")
		d := u.distributor(outer, func(o *vtt.Options) { o.PortionSize = size })
		defer d.Close()
		for _, r := range []reading{readListings(d), readOffers(d)} {
			if r.err != nil {
				t.Fatal(r.err)
			}
			if diff := cmp.Diff(numbers(service.size), r.ids); diff != "" {
				t.Fatal(diff)
			}
			if r.last.Done != service.size || r.last.Total > service.size {
				t.Fatalf("progress %+v of %d", r.last, service.size)
			}
		}
	})
}

// Reading 0..N, N+1..2N as the documentation has it, or stopping below N+1 rows, loses rows under the other semantics: the
// services of this test must tell the difference, or the test above proves nothing.
func TestTheTwoSemanticsDiffer(t *testing.T) {
	first, end, _ := documented.window(100, 0, 10)
	first2, end2, _ := observed.window(100, 0, 10)
	if end-first != 11 || end2-first2 != 10 {
		t.Errorf("windows of %d and %d rows, want 11 and 10", end-first, end2-first2)
	}
	first, end, _ = documented.window(100, 10, 20)
	first2, end2, _ = observed.window(100, 10, 20)
	if first != 10 || end != 21 || first2 != 9 || end2 != 20 {
		t.Errorf("windows [%d,%d) and [%d,%d)", first, end, first2, end2)
	}
}

func TestProgressKnowsTheTotalWhereTheServiceTellsIt(t *testing.T) {
	for s, want := range map[semantics]int{documented: 25, observed: 0} {
		u := newUpstream(t, (&portions{semantics: s, size: 25}).answer)
		d := u.distributor(t, func(o *vtt.Options) { o.PortionSize = 10 })
		r := readListings(d)
		wantProgress := catalog.Progress{Running: true, Done: 25, Total: want, StartedAt: readAt}
		if diff := cmp.Diff(wantProgress, r.last); r.err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", s, r.err, diff)
		}
	}
}

// A service that fails in the middle has not come to its end, however it fails.
func TestAFailureInTheMiddleIsNotTheEnd(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(http.ResponseWriter)
		kind  errkind.Kind
	}{
		"refused":          {func(w http.ResponseWriter) { fault(w, "ACCESS_DENIED", "") }, errkind.AccessDenied},
		"no longer able":   {func(w http.ResponseWriter) { fault(w, "NON_AUTHORIZED", "") }, errkind.NonAuthorized},
		"out of order":     {func(w http.ResponseWriter) { fault(w, "TECHNICAL_ERROR", "") }, errkind.Technical},
		"unavailable":      {func(w http.ResponseWriter) { w.WriteHeader(503) }, errkind.NotSOAP},
		"hung up":          {func(w http.ResponseWriter) { hangUp(w, "") }, errkind.Unreachable},
		"a page":           {func(w http.ResponseWriter) { w.Header().Set("Content-Type", "text/html") }, errkind.NotSOAP},
		"empty too early":  {func(w http.ResponseWriter) { success(w, "GetItemPortion", "<a:Items/>") }, errkind.Technical},
		"without a result": {func(w http.ResponseWriter) { success(w, "GetItem", "") }, errkind.NotSOAP},
	} {
		t.Run(name, func(t *testing.T) {
			var broken atomic.Bool
			u := newUpstream(t, (&portions{semantics: documented, size: 35, spoil: func(w http.ResponseWriter, from, _ int) bool {
				if from == 20 {
					broken.Store(true) // and it stays broken
				}
				if broken.Load() {
					c.spoil(w)
				}
				return broken.Load()
			}}).answer)
			r := readListings(u.distributor(t, func(o *vtt.Options) { o.PortionSize = 10 }))
			wantKind(t, r.err, c.kind)
		})
	}
}

// Under the observed semantics nobody says how long the list is; a service that is out of order must still not look like its end.
func TestAnOutageIsNotTheEndOfAListOfUnknownLength(t *testing.T) {
	broken := false
	u := newUpstream(t, (&portions{semantics: observed, size: 35, spoil: func(w http.ResponseWriter, from, _ int) bool {
		if broken = broken || from == 20; broken {
			fault(w, "TECHNICAL_ERROR", "")
		}
		return broken
	}}).answer)
	r := readListings(u.distributor(t, func(o *vtt.Options) { o.PortionSize = 10 }))
	wantKind(t, r.err, errkind.Technical)
}

// One empty answer among good ones is asked again, and the list goes on.
func TestAnEndIsConfirmed(t *testing.T) {
	stumbled := false
	u := newUpstream(t, (&portions{semantics: observed, size: 35, spoil: func(w http.ResponseWriter, from, _ int) bool {
		if from != 20 || stumbled {
			return false
		}
		stumbled = true
		success(w, "GetItemPortion", "<a:Items/>")
		return true
	}}).answer)
	r := readListings(u.distributor(t, func(o *vtt.Options) { o.PortionSize = 10 }))
	if diff := cmp.Diff(numbers(35), r.ids); r.err != nil || diff != "" {
		t.Errorf("%v\n%s", r.err, diff)
	}
}

func TestAServiceThatIgnoresWindows(t *testing.T) {
	for name, c := range map[string]struct {
		rows int // in every answer
		kind errkind.Kind
	}{
		"the whole list each time":    {50, ""},
		"the first window each time":  {10, errkind.NotSOAP},
		"the first window and a row":  {11, errkind.NotSOAP},
		"less than a window, always":  {9, ""},
		"nothing, from the beginning": {0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			u := newUpstream(t, func(w http.ResponseWriter, r request) {
				success(w, r.operation, portionOf(r.operation, 0, c.rows, c.rows))
			})
			r := readListings(u.distributor(t, func(o *vtt.Options) { o.PortionSize = 10 }))
			wantKind(t, r.err, c.kind)
			if diff := cmp.Diff(numbers(c.rows), r.ids); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A row without an id cannot be kept, but it counts: the portion that holds it is not short.
func TestRowsWithoutAnIDDoNotEndTheList(t *testing.T) {
	u := newUpstream(t, func(w http.ResponseWriter, r request) {
		first, end, total := documented.window(25, mustInt(r.param("from")), mustInt(r.param("to")))
		success(w, r.operation, strings.Replace(portionOf(r.operation, first, end, total), "<a:Id>3</a:Id>", "<a:Id/>", 1))
	})
	r := readListings(u.distributor(t, func(o *vtt.Options) { o.PortionSize = 10 }))
	if r.err != nil || len(r.ids) != 24 {
		t.Errorf("%d rows, %v; want all but one", len(r.ids), r.err)
	}
}

func mustInt(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}

// Where portions are not published the list comes in one answer, and is passed on in parts all the same.
func TestListsWithoutPortions(t *testing.T) {
	broken := true
	u := newUpstream(t, func(w http.ResponseWriter, r request) {
		switch r.operation {
		case "GetItems", "GetRuntimeItems":
			rows := portionOf(r.operation, 0, 1200, 0)
			rows = rows[len("<a:Items>"):strings.Index(rows, "</a:Items>")]
			if broken { // breaks off after a part was passed on: the repeat must not pass it on again
				broken = false
				w.Header().Set("Content-Length", "999999")
			}
			success(w, r.operation, rows)
		default:
			fault(w, "ActionNotSupported", "")
		}
	})
	d := u.distributor(t)
	for name, r := range map[string]reading{"listings": readListings(d), "offers": readOffers(d)} {
		if diff := cmp.Diff(numbers(1200), r.ids); r.err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, r.err, diff)
		}
		if r.last.Done != 1200 {
			t.Errorf("%s: progress %+v", name, r.last)
		}
	}
	if n := u.times("GetRuntimeItemPortion"); n != 1 {
		t.Errorf("the older name of the portions was tried %d times, want once", n)
	}
}

func TestTheCallersErrorEndsTheList(t *testing.T) {
	own := errors.New("disk full")
	u := newUpstream(t, (&portions{semantics: documented, size: 35}).answer)
	d := u.distributor(t, func(o *vtt.Options) { o.PortionSize = 10 })
	err := d.EachListing(t.Context(), cred, func([]catalog.Listing, catalog.Progress) error { return own })
	if err != own || u.times() != 1 {
		t.Errorf("%v after %d calls", err, u.times())
	}
}
