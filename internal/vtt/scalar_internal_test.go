package vtt

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/order"
	"storefront/internal/vtt/portal"
)

func TestMoments(t *testing.T) {
	for text, want := range map[string]time.Time{
		"2026-11-23T10:00:00":           time.Date(2026, 11, 23, 10, 0, 0, 0, moscow),
		"2026-11-23T10:00:00.1234567":   time.Date(2026, 11, 23, 10, 0, 0, 123456700, moscow),
		"2026-11-23T10:00:00Z":          time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC),
		"2026-11-23T10:00:00.5+05:00":   time.Date(2026, 11, 23, 5, 0, 0, 500000000, time.UTC),
		"2026-11-23":                    time.Date(2026, 11, 23, 0, 0, 0, 0, moscow),
		"2026-11-23+03:00":              time.Date(2026, 11, 23, 0, 0, 0, 0, moscow),
		" 2026-11-23 ":                  time.Date(2026, 11, 23, 0, 0, 0, 0, moscow),
		"0001-01-01T00:00:00":           {},
		"":                              {},
		"23.11.2026":                    {},
		"2026-02-30":                    {},
		"2026-11-23T25:00:00":           {},
		"2026-11-23T10:00:00 and later": {},
	} {
		if got := moment(portal.Text(text)); !got.Equal(want) || got.IsZero() != want.IsZero() {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestLinks(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                              nil,
		"https://a.ru/1":                                {"https://a.ru/1"},
		"https://a.ru/1,https://a.ru/2":                 {"https://a.ru/1", "https://a.ru/2"},
		"https://a.ru/1; http://a.ru/2":                 {"https://a.ru/1", "http://a.ru/2"},
		"https://a.ru/1\n\thttps://a.ru/2":              {"https://a.ru/1", "https://a.ru/2"},
		"https://a.ru/1,2;3?x=1,2":                      {"https://a.ru/1,2;3?x=1,2"},
		"https://a.ru/1,2,https://a.ru/3;":              {"https://a.ru/1,2", "https://a.ru/3"},
		"https://a.ru/1 , https://a.ru/1":               {"https://a.ru/1"},
		"HTTPS://A.RU/1":                                {"HTTPS://A.RU/1"},
		"javascript:alert(1)":                           nil,
		"javascript:alert('https://a.ru/1')":            nil,
		"ftp://a.ru/1,https://a.ru/2":                   {"https://a.ru/2"},
		"https://a.ru/1,javascript://a.ru/%0aalert(1)":  {"https://a.ru/1"},
		"data:text/html,https://a.ru/1":                 {"https://a.ru/1"},
		"//a.ru/1 /a/b a.ru/1 mailto:a@a.ru https://":   nil,
		"file:///etc/passwd https:///nowhere https://x": {"https://x"},
	} {
		if diff := cmp.Diff(want, links(text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestCustoms(t *testing.T) {
	type pair = order.Customs
	for name, c := range map[string]struct {
		numbers, countries string
		want               []order.Customs
	}{
		"nothing":             {"", "", nil},
		"empty brackets":      {"()", "( )", nil},
		"one":                 {"10702030/010126/0001234", "КИТАЙ", []pair{{Number: "10702030/010126/0001234", Country: "КИТАЙ"}}},
		"in brackets":         {"(1,2)", "(А, Б)", []pair{{Number: "1", Country: "А"}, {Number: "2", Country: "Б"}}},
		"without":             {"1, 2", "А,Б", []pair{{Number: "1", Country: "А"}, {Number: "2", Country: "Б"}}},
		"brackets on one":     {"(1,2)", "А,Б", []pair{{Number: "1", Country: "А"}, {Number: "2", Country: "Б"}}},
		"fewer countries":     {"(1,2)", "А", []pair{{Number: "1", Country: "А"}, {Number: "2"}}},
		"fewer numbers":       {"1", "А,Б", []pair{{Number: "1", Country: "А"}, {Country: "Б"}}},
		"a gap keeps pairs":   {"(,2)", "(А,Б)", []pair{{Country: "А"}, {Number: "2", Country: "Б"}}},
		"nothing in a place":  {"(1,,3)", "(А,,В)", []pair{{Number: "1", Country: "А"}, {Number: "3", Country: "В"}}},
		"brackets in a value": {"1", "КОРЕЯ (РЕСПУБЛИКА)", []pair{{Number: "1", Country: "КОРЕЯ (РЕСПУБЛИКА)"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, customs(c.numbers, c.countries)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPhotos(t *testing.T) {
	for name, c := range map[string]struct {
		dto  portal.ItemDto
		want []string
	}{
		"none":          {portal.ItemDto{}, nil},
		"the dummy":     {portal.ItemDto{PhotoUrl: portal.Text("dummy.jpg")}, nil},
		"dummies":       {portal.ItemDto{PhotoUrl: portal.Text("http://p.ru/img/Dummy.JPG"), PhotoUrls: []string{"https://p.ru/dummy.jpg?x=1"}}, nil},
		"one":           {portal.ItemDto{PhotoUrl: portal.Text(" http://p.ru/1.jpg ")}, []string{"http://p.ru/1.jpg"}},
		"one and more":  {portal.ItemDto{PhotoUrl: portal.Text("http://p.ru/1.jpg"), PhotoUrls: []string{"http://p.ru/1.jpg", "http://p.ru/2.jpg"}}, []string{"http://p.ru/1.jpg", "http://p.ru/2.jpg"}},
		"other schemes": {portal.ItemDto{PhotoUrl: portal.Text("file:///etc/passwd"), PhotoUrls: []string{"javascript:1", "1.jpg", ""}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, photos(&c.dto)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCounts(t *testing.T) {
	for text, want := range map[string]int{"13000": 13000, "13000.0": 13000, " 7 ": 7, "": 0, "-1": 0, "1.5": 0, "x": 0} {
		if got := whole(portal.Text(text)); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
	if number(portal.Null()) != nil || number(portal.Text("")) != nil || quantity(portal.Value{}).Sign() != 0 {
		t.Error("nothing is no number")
	}
}
