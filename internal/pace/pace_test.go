package pace_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/pace"
)

// steps does work of a time in pieces, and tells how long that took: time passes only in rests and pieces.
func steps(ctx context.Context, pieces int, piece time.Duration) time.Duration {
	began := time.Now()
	for range pieces {
		time.Sleep(piece)
		pace.Step(ctx)
	}
	return time.Since(began)
}

func TestWorkBreathesWhenNobodyIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := pace.With(t.Context(), pace.New(time.Now))
		if took := steps(ctx, 1000, 100*time.Microsecond); took != 105*time.Millisecond {
			t.Errorf("100 ms of work took %s, want a breath after each millisecond", took)
		}
	})
}

func TestWorkStepsAsideWhilePeopleComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := pace.New(time.Now)
		ctx := pace.With(t.Context(), gate)
		leave := gate.Enter()
		if took := steps(ctx, 10, time.Millisecond); took != 60*time.Millisecond {
			t.Errorf("10 ms of work took %s beside a request, want a sixth of the speed", took)
		}
		leave()
		if took := steps(ctx, 10, time.Millisecond); took != 60*time.Millisecond {
			t.Errorf("10 ms of work took %s right after a request, want a sixth of the speed", took)
		}
		time.Sleep(time.Second)
		if took := steps(ctx, 1, time.Millisecond); took != 1050*time.Microsecond {
			t.Errorf("with nobody there a millisecond of work took %s", took)
		}
	})
}

func TestNobodyElseWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := pace.New(time.Now)
		defer gate.Enter()()
		defer (*pace.Gate)(nil).Enter()()
		ended, end := context.WithCancel(pace.With(t.Context(), gate))
		end()
		for name, ctx := range map[string]context.Context{"a request": t.Context(), "work without a gate": pace.With(t.Context(), nil), "work that has to end": ended} {
			if took := steps(ctx, 10, time.Millisecond); took != 10*time.Millisecond {
				t.Errorf("%s: 10 ms of work took %s", name, took)
			}
		}
	})
}

func TestReadingIsWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := pace.New(time.Now)
		defer gate.Enter()()
		text := io.NopCloser(strings.NewReader("text"))
		if plain := pace.Reader(t.Context(), text); plain != text {
			t.Error("who does not work in the background reads through something")
		}
		r := pace.Reader(pace.With(t.Context(), gate), text)
		began := time.Now()
		time.Sleep(time.Millisecond)
		all, err := io.ReadAll(r)
		if took := time.Since(began); string(all) != "text" || err != nil || took != 6*time.Millisecond {
			t.Errorf("read %q, %v in %s", all, err, took)
		}
	})
}
