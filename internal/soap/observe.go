package soap

import (
	"context"
	"time"
)

// Observe reports each call after it ended: its operation, how long it took and its error. Nothing of its content.
func Observe(next RoundTripper, now func() time.Time, report func(operation string, took time.Duration, err error)) RoundTripper {
	return RoundTripFunc(func(ctx context.Context, call *Call) error {
		began := now()
		err := next.RoundTrip(ctx, call)
		report(call.Operation, now().Sub(began), err)
		return err
	})
}
