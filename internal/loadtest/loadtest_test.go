package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func zipped(t *testing.T, text string) answer {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return answer{encoding: "gzip", body: b.Bytes()}
}

// A comparison that passes whatever is compared would make every ratio worthless.
func TestOnlyEqualPagesAreCompared(t *testing.T) {
	page, other := zipped(t, "one page"), zipped(t, "one rage")
	plain := answer{body: page.body}
	if err := same(page, zipped(t, "one page")); err != nil {
		t.Error(err)
	}
	for name, pair := range map[string][2]answer{
		"another page": {page, other}, "not compressed": {page, plain}, "neither compressed": {plain, plain},
	} {
		if err := same(pair[0], pair[1]); !errors.Is(err, errDiffer) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTargetsCanBeMissed(t *testing.T) {
	for _, c := range []struct {
		got   float64
		least bool
		met   bool
	}{{0.40, true, true}, {0.39, true, false}, {0.40, false, true}, {0.41, false, false}} {
		if (target{got: c.got, bound: 0.40, least: c.least}).met() != c.met {
			t.Errorf("%.2f against 0.40, least %t: not %t", c.got, c.least, c.met)
		}
	}
}

func TestFigures(t *testing.T) {
	var hundred []time.Duration
	for n := range 100 {
		hundred = append(hundred, time.Duration(n+1))
	}
	if p := percentile(hundred, 99); p != 99 {
		t.Errorf("99 of 100 are not above %d", p)
	}
	if p := percentile(hundred[:1], 50); p != 1 {
		t.Errorf("the middle of one is %d", p)
	}
	slow, fast := []sample{{rate: 10}, {rate: 100}, {rate: 1}}, []sample{{rate: 20}, {rate: 200}, {rate: 2}}
	if m := median(slow); m.rate != 10 {
		t.Errorf("median %v", m.rate)
	}
	if all := together([]sample{{took: hundred[50:]}, {took: hundred[:50]}}); all.p99 != 99 || all.p50 != 50 {
		t.Errorf("rounds together have p50 %d, p99 %d", all.p50, all.p99)
	}
	if r := ratio(slow, fast, byRate); r != 0.5 {
		t.Errorf("each round is half as fast, the ratio is %v", r)
	}
}

// A page that is not there, or a session that has ended, must not count as a fast answer.
func TestOnlyPagesCount(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/login", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("who are you?")) })
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("a page")) })
	mux.Handle("/ended", http.RedirectHandler("/login", http.StatusSeeOther))
	server := httptest.NewServer(mux)
	defer server.Close()
	visitors := []*visitor{newVisitor("a", server.URL, time.Minute), newVisitor("b", server.URL, time.Minute)}
	for path, counts := range map[string]bool{"/page": true, "/ended": false, "/nowhere": false} {
		pages := []ask{{path: path}}
		for name, measure := range map[string]func() (sample, error){
			"hurried": func() (sample, error) { return hurried(t.Context(), visitors, pages, time.Millisecond) },
			"steady":  func() (sample, error) { return steady(t.Context(), visitors, pages, 20*time.Millisecond, 1000) },
		} {
			s, err := measure()
			if (err == nil) != counts || counts && s.rate <= 0 {
				t.Errorf("%s of %s: %+v, %v", name, path, s, err)
			}
		}
	}
}

func TestBuyersSpreadOverLevels(t *testing.T) {
	levels := map[string]int{}
	for _, a := range accounts(500, 20) {
		levels[a.Level]++
	}
	if len(levels) != 20 || levels["1.01"] != 25 || levels["1.20"] != 25 {
		t.Errorf("levels %v", levels)
	}
}

func TestARoleEndsWithItsInput(t *testing.T) {
	ctx := endWithInput(context.Background(), bytes.NewReader(nil))
	select {
	case <-ctx.Done():
	case <-t.Context().Done():
		t.Error("it goes on")
	}
}
