package app

import (
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"storefront/internal/errkind"
	"storefront/views"
)

// remembered is how many calls of an operation count as "lately".
const remembered = 64

// causeTLS is how the distributor names a service that did not prove who it is.
const causeTLS = "tls"

// upstream remembers how the distributor's service has been answering, for banners and the operator's page.
type upstream struct {
	now func() time.Time
	log *slog.Logger

	mu         sync.Mutex
	operations map[string]*recent
	downSince  time.Time
	cause      string // that the log was told of last, since the service answered
}

// recent is how one operation has been doing since the start; durations are those of the last calls only.
type recent struct {
	views.Health
	took [remembered]time.Duration
}

func newUpstream(now func() time.Time, log *slog.Logger) *upstream {
	return &upstream{now: now, log: log, operations: map[string]*recent{}}
}

// observe takes note of one call.
func (u *upstream) observe(operation string, took time.Duration, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	r := u.operations[operation]
	if r == nil {
		r = &recent{Health: views.Health{Operation: operation}}
		u.operations[operation] = r
	}
	r.took[r.Calls%remembered] = took
	r.Calls++
	at := u.now()
	if err != nil {
		r.Failures++
		r.LastFailure, r.LastCause, r.LastFailureAt = errkind.Of(err), errkind.CauseOf(err), at
	}
	u.report(operation, err)
	switch {
	case !errkind.Upstream(err):
		u.downSince = time.Time{}
	case u.downSince.IsZero():
		u.downSince = at
	}
}

// report tells the log why the service can't be reached: once, until the reason changes or the service answers again.
func (u *upstream) report(operation string, err error) {
	cause := errkind.CauseOf(err)
	switch {
	case !errkind.Upstream(err):
		u.cause = ""
	case cause != "" && cause != u.cause:
		u.cause = cause
		event := "backend_unreachable"
		if cause == causeTLS {
			event = "backend_tls_failed"
		}
		u.log.Error(event, "operation", operation, "cause", cause, "error", err)
	}
}

// Down tells since when nothing but failures came back; zero while the service answers.
func (u *upstream) Down() time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.downSince
}

// Health lists the operations called so far, by name.
func (u *upstream) Health() []views.Health {
	u.mu.Lock()
	defer u.mu.Unlock()
	all := make([]views.Health, 0, len(u.operations))
	for r := range maps.Values(u.operations) {
		h := r.Health
		took := slices.Sorted(slices.Values(r.took[:min(r.Calls, remembered)]))
		h.Median, h.Slowest = took[len(took)/2], took[len(took)-1]
		all = append(all, h)
	}
	slices.SortFunc(all, func(a, b views.Health) int { return strings.Compare(a.Operation, b.Operation) })
	return all
}
