package views

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"storefront/internal/order"
)

// OrderWishes are what a buyer wished of an order, for reading.
type OrderWishes struct {
	Number string
	Day    Moment
}

// newOrderWishes writes wishes. A wished day is the same day in every zone.
func newOrderWishes(ctx context.Context, w order.Wishes) OrderWishes {
	wishes := OrderWishes{Number: w.Number, Day: moment(w.Date, dateLayout(ctx))}
	if wishes.Day.Known() {
		wishes.Day.Machine = w.Date.Format(time.DateOnly)
	}
	return wishes
}

// None tells whether nothing was wished.
func (w OrderWishes) None() bool { return w.Number == "" && !w.Day.Known() }

// WishForm is what the fields of wishes hold, as typed.
type WishForm struct {
	Number string
	Day    string // 2026-11-26
	Today  string // the first day that can be wished
}

// NewWishForm fills the fields with wishes that were typed before. A day that has passed is left out.
func NewWishForm(w order.Wishes, now time.Time) WishForm {
	form := WishForm{Number: w.Number, Today: now.Format(time.DateOnly)}
	if day := w.Date.Format(time.DateOnly); !w.Date.IsZero() && day >= form.Today {
		form.Day = day
	}
	return form
}

// dayAttributes are those of the field of a wished day.
func (f WishForm) dayAttributes() templ.Attributes { return templ.Attributes{"min": f.Today} }
