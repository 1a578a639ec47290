package order

import (
	"context"
	"errors"
	"slices"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
)

const (
	// readTimeout bounds reading orders.
	readTimeout = time.Minute
	// answerTimeout is how long the answer is waited for. Too short a wait only makes outcomes unknown.
	answerTimeout = 90 * time.Second
)

// Submit takes a PREPARED submission through BASELINED and SENDING, calls CreateOrder at most once, and writes down what
// came of it. An error means that something could not be written down: the submission is then left to Recover. It must not
// be cancelled by a request.
func (d *Desk) Submit(ctx context.Context, s Submission, c buyer.Credentials) (Submission, error) {
	s, err := d.baseline(ctx, s, c)
	if err != nil || s.State != Baselined {
		return s, err
	}
	ctx = WithFence(ctx, d.Now)
	s, err = d.move(ctx, s, Sending, func(next *Submission) { next.SentAt = d.Now() })
	if err != nil {
		return s, err // unclear whether it was written down: nothing is sent either way
	}
	id, sendErr := d.create(ctx, s, c)
	if sendErr == nil {
		return d.confirmed(ctx, s, c, id)
	}
	return d.failed(ctx, s, sendErr)
}

// baseline reads the orders that exist before sending. It proves the service and the password, an order that is not in it
// can be ours, and one with the same lines that the buyer does not know of stops the submission. When it fails nothing was
// sent.
func (d *Desk) baseline(ctx context.Context, s Submission, c buyer.Credentials) (Submission, error) {
	orders, err := d.readOrders(ctx, c)
	if err != nil {
		return d.notSent(ctx, s, err)
	}
	twin, err := d.unknownTwin(ctx, s, c, orders)
	switch {
	case err != nil:
		return d.notSent(ctx, s, err)
	case twin != "":
		d.keepOrders(ctx, s.Buyer, orders)
		return d.move(ctx, s, NotSent, func(next *Submission) { next.Twin = twin; next.setFault(errTwin) })
	}
	ids := make([]ID, len(orders))
	for i, o := range orders {
		ids[i] = o.ID
	}
	hidden, err := d.hidden(ctx, s.Buyer, ids)
	if err != nil {
		return d.notSent(ctx, s, err)
	}
	s, err = d.move(ctx, s, Baselined, func(next *Submission) {
		next.Baseline, next.BaselineAt, next.Dismissed = ids, d.Now(), hidden
	})
	if err == nil {
		d.keepOrders(ctx, s.Buyer, orders)
	}
	return s, err
}

// hidden returns recent orders that are known here and not in a list: it is not whole. What turns up again is none of ours.
func (d *Desk) hidden(ctx context.Context, b buyer.ID, listed []ID) ([]ID, error) {
	known, _, err := d.Orders.Orders(ctx, b, Filter{From: d.Now().Add(-baselineAge)})
	var hidden []ID
	for _, o := range known {
		if !slices.Contains(listed, o.ID) {
			hidden = append(hidden, o.ID)
		}
	}
	return hidden, err
}

// errFenced: too long has passed since SENDING was written down.
var errFenced = &SendError{Class: ClassNotSent, Err: errors.New("the time to start sending has passed")}

// create is the one place that calls CreateOrder.
func (d *Desk) create(ctx context.Context, s Submission, c buyer.Credentials) (ID, error) {
	ctx, cancel := context.WithTimeout(ctx, fenceAfter+answerTimeout)
	defer cancel()
	lines := make([]NewLine, len(s.Lines))
	for i, l := range s.Lines {
		lines[i] = NewLine{ItemID: l.ItemID, Quantity: l.Quantity}
	}
	if !MayStart(ctx) { // it is asked once more when the connection stands
		return "", errFenced
	}
	id, err := d.Distributor.CreateOrder(ctx, c, lines)
	if err == nil && id == "" {
		err = &SendError{Class: ClassAnswered, Err: errors.New("an answer without an order number")}
	}
	return id, err
}

// failed writes down a CreateOrder that did not answer with a number. Only what provably was not executed is settled here.
//
// Somebody else may have called it unknown meanwhile: what was learned late of an order that was not made changes nothing.
func (d *Desk) failed(ctx context.Context, s Submission, err error) (Submission, error) {
	class := classOf(err)
	switch {
	case class == ClassNotSent:
		return d.notSent(ctx, s, err)
	case class == ClassRefused && !refusal(errkind.Of(err)):
		return d.move(ctx, s, Rejected, func(next *Submission) { next.Answered = true; next.setFault(err) })
	}
	answered := class == ClassAnswered || class == ClassRefused
	s, err = d.move(ctx, s, Uncertain, func(next *Submission) {
		next.Answered = answered
		next.setFault(err)
		next.NextReadAt = d.nextRead(*next, d.Now())
	})
	d.stir()
	return s, err
}

// refusal tells the faults that refuse an order; one complete read then confirms that none was made.
func refusal(k errkind.Kind) bool {
	switch k {
	case errkind.AccessDenied, errkind.NonAuthorized, errkind.Contract:
		return true
	}
	return false
}

// classOf tells what is certain about a write. An error without a class promises nothing.
func classOf(err error) SendClass {
	var send *SendError
	if errors.As(err, &send) {
		return send.Class
	}
	return ClassUnanswered
}

// notSent ends a submission of which no byte has left.
func (d *Desk) notSent(ctx context.Context, s Submission, cause error) (Submission, error) {
	return d.move(ctx, s, NotSent, func(next *Submission) { next.setFault(cause) })
}

// setFault keeps the kind of a failure, and the service's own words where they may be shown.
func (s *Submission) setFault(err error) {
	s.FaultKind, s.FaultText = string(errkind.Of(err)), faultText(err)
}

func faultText(err error) string {
	var e *errkind.Error
	if errors.As(err, &e) {
		return e.Text
	}
	return ""
}

// confirmed writes down the number the service answered with, and finishes the order.
func (d *Desk) confirmed(ctx context.Context, s Submission, c buyer.Credentials, id ID) (Submission, error) {
	d.remember(s, id)
	s, err := d.confirmByAnswer(ctx, s, id)
	if err != nil {
		d.Log.ErrorContext(ctx, "order_confirmed_not_persisted", "submission", s.ID, "order", id, "error", err)
		return s, err
	}
	d.forget(s.ID)
	if s.OrderID != id {
		return s, nil
	}
	return d.finish(ctx, s, c), nil
}

// confirmPauses are the waits between tries to write an answered number down while storage fails. After them Recover goes on
// trying; until then the number is known here alone.
var confirmPauses = [...]time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 15 * time.Second}

func (d *Desk) confirmByAnswer(ctx context.Context, s Submission, id ID) (Submission, error) {
	for try := 0; ; try++ {
		written, err := d.writeAnswer(ctx, s, id)
		if err == nil || try == len(confirmPauses) {
			return written, err
		}
		if !errors.Is(err, ErrMoved) {
			d.Log.ErrorContext(ctx, "order_confirmed_not_persisted", "submission", s.ID, "order", id, "error", err)
			pause(ctx, confirmPauses[try])
		}
		if latest, err := d.Submissions.Submission(ctx, s.Buyer, s.ID); err == nil {
			s = latest
		}
	}
}

// writeAnswer writes an answered number down on s as it stands. A positive answer is never given up to another's move: while
// the worker waited, Recover may have called the submission unknown, or even probably not created.
func (d *Desk) writeAnswer(ctx context.Context, s Submission, id ID) (Submission, error) {
	if s.OrderID != "" { // found by reading meanwhile
		if s.OrderID != id {
			d.Log.ErrorContext(ctx, "order_found_and_another_answered", "submission", s.ID, "found", s.OrderID, "answered", id)
		}
		return s, nil
	}
	explained, err := d.Submissions.Explained(ctx, s.Buyer)
	switch {
	case err != nil:
		return s, err
	case slices.Contains(explained, id): // one that was sent again was taken for it: there is one order, and it is known
		d.Log.ErrorContext(ctx, "order_answered_and_taken_by_another", "submission", s.ID, "answered", id)
		return s, nil
	}
	if s.State.Watched() {
		return d.lateFound(ctx, s, id, EvidenceAnswer)
	}
	return d.move(ctx, s, Confirmed, func(next *Submission) {
		next.OrderID, next.Evidence, next.Answered = id, EvidenceAnswer, true
		next.FaultKind, next.FaultText = "", ""
	})
}

// pause waits, at most until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// finish does what follows a confirmed order: reads it with its lines and sends the note. Failing changes nothing about the
// order; what could not be done shows on its page.
func (d *Desk) finish(ctx context.Context, s Submission, c buyer.Credentials) Submission {
	o, err := d.readOrder(ctx, c, s.OrderID, false)
	if err != nil {
		d.Log.WarnContext(ctx, "the new order was not read", "order", s.OrderID, "error", err)
	}
	if s.Note == "" {
		return s
	}
	o.ID = s.OrderID
	outcome := d.firstNote(ctx, s.Buyer, c, o, s.Note)
	s.NoteSent, s.NoteError = outcome.Passed(), outcome.Error
	if err := d.Submissions.Touch(ctx, s); err != nil {
		d.Log.WarnContext(ctx, "the note's outcome was not kept", "submission", s.ID, "error", err)
	}
	return s
}
