package state_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/order"
	"storefront/store/state"
	"storefront/store/storetest"
)

func addTemplate(t testing.TB, s *state.Store, b buyer.ID, text string) {
	t.Helper()
	if err := s.AddNoteTemplate(t.Context(), b, text); err != nil {
		t.Fatal(err)
	}
}

func templates(t testing.TB, s *state.Store, b buyer.ID) []order.NoteTemplate {
	t.Helper()
	list, err := s.NoteTemplates(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestTextsAreListedAsTheyWereAdded(t *testing.T) {
	s := storetest.State(t, time.Now)
	for _, text := range []string{"Я", "А", "Я"} { // again is nothing new
		addTemplate(t, s, "ivan", text)
	}
	addTemplate(t, s, "maria", "А")
	list := templates(t, s, "ivan")
	if len(list) != 2 || list[0].Text != "Я" || list[1].Text != "А" || list[0].ID == list[1].ID {
		t.Fatalf("%+v", list)
	}
	if got, err := s.NoteTemplate(t.Context(), "ivan", list[1].ID); err != nil || got != list[1] {
		t.Errorf("%+v, %v", got, err)
	}
	for range 2 {
		err := s.RemoveNoteTemplate(t.Context(), "maria", list[0].ID)
		if !errors.Is(err, order.ErrNoNoteTemplate) {
			t.Errorf("somebody else's is removed: %v", err)
		}
	}
	if _, err := s.NoteTemplate(t.Context(), "maria", list[0].ID); !errors.Is(err, order.ErrNoNoteTemplate) {
		t.Errorf("somebody else's is read: %v", err)
	}
	if err := s.RemoveNoteTemplate(t.Context(), "ivan", list[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveNoteTemplate(t.Context(), "ivan", list[0].ID); !errors.Is(err, order.ErrNoNoteTemplate) {
		t.Errorf("what is gone is removed: %v", err)
	}
	if left := templates(t, s, "ivan"); len(left) != 1 || left[0] != list[1] {
		t.Errorf("left: %+v", left)
	}
}

func TestAListOfTextsIsShort(t *testing.T) {
	s := storetest.State(t, time.Now)
	for n := range order.MaxNoteTemplates {
		addTemplate(t, s, "ivan", fmt.Sprint(n))
	}
	if err := s.AddNoteTemplate(t.Context(), "ivan", "one too many"); !errors.Is(err, order.ErrNoteTemplatesFull) {
		t.Errorf("a full list: %v", err)
	}
	addTemplate(t, s, "ivan", "0") // what is on a full list stays
	addTemplate(t, s, "maria", "0")
	if n := len(templates(t, s, "ivan")); n != order.MaxNoteTemplates {
		t.Errorf("%d texts", n)
	}
}
