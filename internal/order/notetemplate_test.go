package order_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"storefront/internal/order"
	"storefront/store/storetest"
)

func TestTextsAreNotesThatCanBeSent(t *testing.T) {
	texts := order.NoteTemplates{Store: storetest.State(t, time.Now)}
	for text, want := range map[string]error{
		" \r\n":                              order.ErrNoteTemplateEmpty,
		strings.Repeat("я", order.MaxNote+1): order.ErrNoteTooLong,
		"a\x00b":                             order.ErrNoteCharacters,
		strings.Repeat("я", order.MaxNote):   nil,
		" Самовывоз\r\nутром ":               nil,
	} {
		if err := texts.Add(t.Context(), "ivan", text); !errors.Is(err, want) {
			t.Errorf("%.10q: %v, want %v", text, err, want)
		}
	}
	list, err := texts.List(t.Context(), "ivan")
	if err != nil || len(list) != 2 {
		t.Fatalf("%d texts, %v", len(list), err)
	}
}

func TestATextGoesBelowWhatWasTyped(t *testing.T) {
	texts := order.NoteTemplates{Store: storetest.State(t, time.Now)}
	if err := texts.Add(t.Context(), "ivan", "Самовывоз\r\nутром"); err != nil {
		t.Fatal(err)
	}
	list, err := texts.List(t.Context(), "ivan")
	if err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]string{
		"":                "Самовывоз\nутром",
		" \n":             "Самовывоз\nутром",
		"Позвонить \r\n":  "Позвонить\nСамовывоз\nутром",
		"Позвонить\r\nей": "Позвонить\nей\nСамовывоз\nутром",
	} {
		if got, err := texts.Insert(t.Context(), "ivan", typed, list[0].ID); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", typed, got, err, want)
		}
	}
	if _, err := texts.Insert(t.Context(), "maria", "x", list[0].ID); !errors.Is(err, order.ErrNoNoteTemplate) {
		t.Errorf("somebody else's text: %v", err)
	}
}
