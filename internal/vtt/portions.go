package vtt

import (
	"context"
	"errors"
	"time"

	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/soap"
)

// portion is one window of a list: its rows, and TotalCount, 0 where it was not given.
type portion[T any] struct {
	rows  []T
	total int
}

// portionReader reads a whole list in windows under either semantics of the service (beliefs 26 to 28):
//
//	             0..N              from..to, from > 0     TotalCount
//	documented   rows 0 to N       rows from to to        size of the list
//	observed     rows 0 to N-1     rows from-1 to to-1    index of the last row returned
//
// Windows overlap (the next from is the previous to), so that neither loses a row, and rows that come twice are dropped by
// id. A portion is short, and the last, when it has fewer than to - from rows. TotalCount ends nothing; it only shows progress
// and contradicts an end that comes as a fault or an empty portion.
type portionReader[T any] struct {
	size  int
	fetch func(ctx context.Context, from, to int) (portion[T], error)
	id    func(T) catalog.ItemID
	yield func([]T, catalog.Progress) error
	began time.Time

	seen  map[catalog.ItemID]bool
	total int
}

// batch is the number of rows passed on at a time where a list comes in one answer.
const batch = 500

// errStandstill means that windows further on bring nothing new: the service ignores from and to.
var errStandstill = errors.New("the portions do not advance")

// errCutShort means that the list ended before the size it announces.
var errCutShort = errors.New("the list ended before its announced size")

func (r *portionReader[T]) run(ctx context.Context) error {
	r.seen = map[catalog.ItemID]bool{}
	for from := 0; ; from += r.size {
		p, ended, err := r.window(ctx, from)
		if err != nil || ended {
			return err
		}
		fresh := r.fresh(p.rows)
		if err := r.deliver(fresh, p, from); err != nil {
			return err
		}
		switch {
		case len(p.rows) < r.size, len(p.rows) > r.size+1 && len(fresh) == 0:
			return nil // short, or the whole list again
		case len(fresh) == 0:
			return errkind.Wrap(errkind.NotSOAP, errStandstill)
		}
	}
}

// window fetches the portion at from. Beyond the first, a fault or an empty answer is the end, once it has been confirmed.
func (r *portionReader[T]) window(ctx context.Context, from int) (p portion[T], ended bool, err error) {
	p, err = r.fetch(ctx, from, from+r.size)
	if from == 0 || !endLike(p, err) {
		return p, false, err
	}
	p, err = r.fetch(ctx, from, from+r.size)
	if !endLike(p, err) {
		return p, false, err
	}
	if r.total > from+1 && r.total > len(r.seen) {
		return p, false, errkind.Wrap(errkind.Technical, errCutShort)
	}
	if err != nil { // a service that is out of order has no end either
		if _, err := r.fetch(ctx, 0, 1); err != nil {
			return p, false, err
		}
	}
	return p, true, nil
}

// endLike tells whether an answer may mean that the list ended before from. Being refused does not.
func endLike[T any](p portion[T], err error) bool {
	if err == nil {
		return len(p.rows) == 0
	}
	var fault *soap.Fault
	if !errors.As(err, &fault) {
		return false
	}
	switch faultKind(fault.Code) {
	case errkind.BusinessLogic, errkind.Contract, errkind.Technical:
		return true
	}
	return false
}

// fresh returns the rows that were not seen yet. A row without an id cannot be kept.
func (r *portionReader[T]) fresh(rows []T) []T {
	fresh := rows[:0:0]
	for _, row := range rows {
		if id := r.id(row); id != "" && !r.seen[id] {
			r.seen[id] = true
			fresh = append(fresh, row)
		}
	}
	return fresh
}

// deliver passes fresh rows on. The total is believed where it exceeds what was read.
func (r *portionReader[T]) deliver(fresh []T, p portion[T], from int) error {
	if p.total > from+len(p.rows) {
		r.total = p.total
	}
	if len(fresh) == 0 {
		return nil
	}
	return r.yield(fresh, catalog.Progress{Running: true, Done: len(r.seen), Total: r.total, StartedAt: r.began})
}

// whole reads a list that comes in one answer and passes it on in batches. When stream is repeated from its beginning, what
// was passed on already is not passed on again.
func (r *portionReader[T]) whole(stream func(row func(T) error) error) error {
	var rows []T
	flush := func() error {
		fresh := r.fresh(rows)
		rows = rows[:0]
		return r.deliver(fresh, portion[T]{}, 0)
	}
	err := stream(func(row T) error {
		if rows = append(rows, row); len(rows) < batch {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}
