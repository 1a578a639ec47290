package web

import (
	"time"

	"github.com/alexedwards/scs/v2"
)

// forgiving reads sessions as the library does, but takes one that it can't read for an empty one: whoever it belonged to
// signs in again, instead of meeting an error on every page.
type forgiving struct{ scs.GobCodec }

// Decode never fails.
func (f forgiving) Decode(b []byte) (deadline time.Time, values map[string]any, err error) {
	deadline, values, err = f.GobCodec.Decode(b)
	if err != nil || values == nil {
		return time.Time{}, map[string]any{}, nil
	}
	return deadline, values, nil
}
