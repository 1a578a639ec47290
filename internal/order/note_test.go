package order_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
	"storefront/internal/order"
)

const text = "Позвонить перед отгрузкой"

func answers(result order.NoteResult) script {
	return func(perform func()) error {
		if result.Updated {
			perform()
		}
		return noteAnswer{result}
	}
}

func TestSaveNote(t *testing.T) {
	for _, c := range []struct {
		name   string
		right  buyer.Right
		happen func(s *shop, id order.ID)
		want   order.NoteOutcome
		kind   errkind.Kind
		calls  int
		kept   bool // in the history of notes written here
	}{
		{name: "taken", right: buyer.RightEdit, want: order.NoteOutcome{State: order.NoteSent, Shows: text}, calls: 1, kept: true},
		{name: "taken, with a remark", right: buyer.RightEdit, happen: edits("SetNote", answers(order.NoteResult{Updated: true, Error: "Сокращено"})),
			want: order.NoteOutcome{State: order.NoteSent, Error: "Сокращено", Shows: text}, calls: 1, kept: true},
		{name: "taken, and joined to another", right: buyer.RightEdit, happen: func(s *shop, id order.ID) {
			s.next("SetNote", func(func()) error {
				s.change(id, func(o *order.Order) { o.Note = "Самовывоз\n" + text })
				return nil
			})
		}, want: order.NoteOutcome{State: order.NoteDiffers, Shows: "Самовывоз\n" + text}, calls: 1, kept: true},
		{name: "taken, and the order can't be read after", right: buyer.RightEdit, happen: func(s *shop, _ order.ID) {
			s.next("OrderWithLines", works, fails(errkind.New(errkind.Timeout, "")))
		}, want: order.NoteOutcome{State: order.NoteSent}, calls: 1, kept: true},
		{name: "not updated, with a reason", right: buyer.RightEdit, happen: edits("SetNote", answers(order.NoteResult{Error: "Заказ закрыт"})),
			want: order.NoteOutcome{State: order.NoteRefused, Error: "Заказ закрыт"}, calls: 1, kept: true},
		{name: "not updated, no reason", right: buyer.RightEdit, happen: edits("SetNote", answers(order.NoteResult{})),
			want: order.NoteOutcome{State: order.NoteRefused}, calls: 1, kept: true},
		{name: "refused by a fault", right: buyer.RightEdit, happen: edits("SetNote", fails(class(order.ClassAnswered, errkind.BusinessLogic))),
			want: order.NoteOutcome{State: order.NoteRefused, Error: "Превышен лимит отгрузки"}, calls: 1, kept: true},
		{name: "answer lost", right: buyer.RightEdit, happen: edits("SetNote", lost(unanswered)),
			want: order.NoteOutcome{State: order.NoteSent, Shows: text}, calls: 1, kept: true},
		{name: "request lost", right: buyer.RightEdit, happen: edits("SetNote", fails(unanswered)),
			want: order.NoteOutcome{State: order.NoteUnclear}, calls: 1, kept: true},
		{name: "not sent", right: buyer.RightEdit, happen: edits("SetNote", fails(refusedTCP)), kind: errkind.Unreachable, calls: 1},
		{name: "no right", right: buyer.RightNone, want: order.NoteOutcome{State: order.NoteKept}, kept: true},
		{name: "right not known, none", happen: edits("SetNote", fails(class(order.ClassRefused, errkind.NonAuthorized))),
			want: order.NoteOutcome{State: order.NoteKept}, calls: 1, kept: true},
		{name: "no such operation", happen: edits("SetNote", fails(class(order.ClassNotSent, errkind.Unsupported))),
			want: order.NoteOutcome{State: order.NoteKept}, calls: 1, kept: true},
		{name: "changed by a colleague meanwhile", right: buyer.RightEdit, happen: func(s *shop, id order.ID) {
			s.change(id, func(o *order.Order) { o.Note = "Самовывоз" })
		}, want: order.NoteOutcome{State: order.NoteChanged, Shows: "Самовывоз"}},
		{name: "there already", right: buyer.RightEdit, happen: func(s *shop, id order.ID) {
			s.change(id, func(o *order.Order) { o.Note = text + "\r\n" })
		}, want: order.NoteOutcome{State: order.NoteSent, Shows: text + "\r\n"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			open(t, func(s *shop) {
				id := s.reserved()
				if c.happen != nil {
					c.happen(s, id)
				}
				got, err := s.desk.SaveNote(s.Context(), buyer.Account{ID: "dealer", Right: c.right}, dealer, id, text, "")
				wantKind(s.T, err, c.kind)
				if got != c.want {
					s.Errorf("outcome %+v, want %+v", got, c.want)
				}
				s.wantCount(s.called, "SetNote", c.calls)
				s.wantNote(id, c.kept, got)
			})
		})
	}
}

func (s *shop) wantNote(id order.ID, kept bool, outcome order.NoteOutcome) {
	s.Helper()
	notes, err := s.store.Notes(s.Context(), dealer.Buyer(), id)
	s.must(err)
	if (len(notes) == 1) != kept {
		s.Fatalf("%d notes kept, want %v", len(notes), kept)
	}
	if kept && (notes[0].Text != text || notes[0].Sent != outcome.Passed() || notes[0].Error != outcome.Error) {
		s.Errorf("kept: %+v", notes[0])
	}
}

// After a note was changed by somebody else the buyer sees it, and may then replace it knowingly.
func TestAChangedNoteIsReplacedKnowingly(t *testing.T) {
	open(t, func(s *shop) {
		id := s.reserved()
		s.change(id, func(o *order.Order) { o.Note = "Самовывоз" })
		seen := order.MarkNote("")
		for _, want := range []order.NoteState{order.NoteChanged, order.NoteSent} {
			got, err := s.desk.SaveNote(s.Context(), account, dealer, id, text, seen)
			s.must(err)
			if got.State != want {
				s.Errorf("%s, want %s", got.State, want)
			}
			seen = order.MarkNote(got.Shows)
		}
	})
}

// What counts is what the buyer was shown, not what the background has copied since.
func TestAChangeTheBackgroundHasReadIsNotOverwritten(t *testing.T) {
	for name, refresh := range map[string]func(s *shop, id order.ID){
		"the copy is as old as the page": func(*shop, order.ID) {},
		"the list was read again": func(s *shop, _ order.ID) {
			list, err := s.Orders(s.Context(), dealer)
			s.must(err)
			for i := range list {
				list[i].ReadAt = time.Now().Add(time.Second)
			}
			s.must(s.store.SaveOrders(s.Context(), dealer.Buyer(), list))
		},
		"the order was read again": func(s *shop, id order.ID) {
			o, err := s.OrderWithLines(s.Context(), dealer, id)
			s.must(err)
			o.ReadAt, o.LinesReadAt = time.Now().Add(time.Second), time.Now().Add(time.Second)
			s.must(s.store.SaveOrder(s.Context(), dealer.Buyer(), o))
		},
	} {
		t.Run(name, func(t *testing.T) {
			open(t, func(s *shop) {
				id := s.reserved()
				seen := order.MarkNote("")
				s.change(id, func(o *order.Order) { o.Note = "Самовывоз" })
				refresh(s, id)
				got, err := s.desk.SaveNote(s.Context(), account, dealer, id, text, seen)
				s.must(err)
				if want := (order.NoteOutcome{State: order.NoteChanged, Shows: "Самовывоз"}); got != want {
					s.Errorf("%+v, want %+v", got, want)
				}
				s.wantCount(s.called, "SetNote", 0)
				s.wantNote(id, false, got)
			})
		})
	}
}

func TestNotesAlikeHaveOneMark(t *testing.T) {
	if order.MarkNote("a\r\nb\n") != order.MarkNote("a\nb") || order.MarkNote("a") == order.MarkNote("b") || order.MarkNote("") == "" {
		t.Error("marks do not tell what people can tell")
	}
}

func TestNotesTheWireCannotCarryAreRefused(t *testing.T) {
	open(t, func(s *shop) {
		id := s.reserved()
		for note, want := range map[string]error{
			strings.Repeat("я", order.MaxNote+1): order.ErrNoteTooLong,
			"a\x00b":                             order.ErrNoteCharacters,
			"\xff":                               order.ErrNoteCharacters,
		} {
			if _, err := s.desk.SaveNote(s.Context(), account, dealer, id, note, ""); !errors.Is(err, want) {
				s.Errorf("%.10q: %v, want %v", note, err, want)
			}
		}
	})
}

// The note of a cart goes after the order, once, if the account may write notes; else it stays here.
func TestTheNoteFollowsTheOrder(t *testing.T) {
	for _, c := range []struct {
		name   string
		right  buyer.Right
		answer script
		sent   bool
		calls  int
		error  string
	}{
		{"with the right", buyer.RightEdit, works, true, 1, ""},
		{"without it", buyer.RightNone, works, false, 0, ""},
		{"not known, and there is none", buyer.RightUnknown, fails(class(order.ClassRefused, errkind.NonAuthorized)), false, 1, ""},
		{"not taken", buyer.RightEdit, answers(order.NoteResult{Error: "Слишком длинно"}), false, 1, "Слишком длинно"},
		{"no connection", buyer.RightEdit, fails(refusedTCP), false, 1, ""},
		{"answer lost", buyer.RightEdit, lost(unanswered), true, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			open(t, func(s *shop) {
				s.must(s.store.SaveAccount(s.Context(), buyer.Account{ID: "dealer", Right: c.right}))
				s.next("SetNote", c.answer)
				id := s.press(text)
				s.must(s.desk.Close(s.Context()))
				sub := s.submission(id)
				if sub.State != order.Confirmed || sub.NoteSent != c.sent || sub.NoteError != c.error {
					s.Errorf("%s, note sent %v, error %q", sub.State, sub.NoteSent, sub.NoteError)
				}
				s.wantCount(s.called, "SetNote", c.calls)
				notes, err := s.store.Notes(s.Context(), dealer.Buyer(), sub.OrderID)
				s.must(err)
				if len(notes) != 1 || notes[0].Text != text || notes[0].Sent != c.sent {
					s.Errorf("kept: %+v", notes)
				}
			})
		})
	}
}
