package soap

import "context"

type fenceKey struct{}

// StartIf returns a context whose calls ask may when their connection stands, right before the first byte of the request. Where
// it says no the call is given up as a TransportError that was not started. A connection that was used before is no matter:
// writes have fresh ones.
func StartIf(ctx context.Context, may func() bool) context.Context {
	return context.WithValue(ctx, fenceKey{}, may)
}

func mayStart(ctx context.Context) func() bool {
	may, _ := ctx.Value(fenceKey{}).(func() bool)
	return may
}
