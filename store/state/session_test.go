package state_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/seal"
	"storefront/store/state"
	"storefront/store/storetest"
)

var secretText = []byte("canary: the buyer's password")

func openSessions(t testing.TB) (*state.Sessions, *storetest.Clock) {
	t.Helper()
	clock := storetest.NewClock()
	return sessionsIn(t, t.TempDir(), clock), clock
}

// sessionsIn opens the sessions of a folder with the keys beside them, as a restarted process would.
func sessionsIn(t testing.TB, dir string, clock *storetest.Clock) *state.Sessions {
	t.Helper()
	keyFile := filepath.Join(dir, "keys.json")
	keys, err := seal.Open(keyFile)
	if errors.Is(err, os.ErrNotExist) {
		keys, err = seal.Create(keyFile)
	}
	if err != nil {
		t.Fatal(err)
	}
	s, err := state.OpenSessions(t.Context(), filepath.Join(dir, "sessions.db"), keys, clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func commit(t testing.TB, s *state.Sessions, token string, data []byte) {
	t.Helper()
	if err := s.CommitCtx(state.WithBuyer(t.Context(), "ivan"), token, data, time.Time{}); err != nil {
		t.Fatal(err)
	}
}

// found tells what a token finds: nothing, or the data.
func found(t testing.TB, s *state.Sessions, token string) []byte {
	t.Helper()
	data, ok, err := s.FindCtx(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if ok == (data == nil) {
		t.Fatalf("found is %v with %q", ok, data)
	}
	return data
}

func count(t testing.TB, s *state.Sessions) int {
	t.Helper()
	n, err := s.Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestASessionIsFoundByItsToken(t *testing.T) {
	s, _ := openSessions(t)
	commit(t, s, "token", []byte("first"))
	commit(t, s, "token", secretText)
	if got := found(t, s, "token"); !bytes.Equal(got, secretText) {
		t.Errorf("found %q", got)
	}
	if got := found(t, s, "another"); got != nil {
		t.Errorf("another token finds %q", got)
	}
	if n := count(t, s); n != 1 {
		t.Errorf("%d rows", n)
	}
}

func TestNothingOfASessionLiesOnDiskInClear(t *testing.T) {
	dir := t.TempDir()
	s := sessionsIn(t, dir, storetest.NewClock())
	const token = "canary token, canary token, canary token"
	commit(t, s, token, secretText)
	commit(t, s, token, append(secretText, "again"...))
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) < 3 {
		t.Fatalf("%d files, %v", len(entries), err)
	}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(content, []byte("canary")) {
			t.Errorf("%s holds the secret", entry.Name())
		}
	}
}

func TestTheDatabaseAndTheKeyFileDoNotOpenASession(t *testing.T) {
	dir := t.TempDir()
	s := sessionsIn(t, dir, storetest.NewClock())
	commit(t, s, "token", secretText)
	keys, err := seal.Open(filepath.Join(dir, "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	hash := column(t, s.DB().Read, `SELECT token_hash FROM sessions`)[0]
	blob := []byte(column(t, s.DB().Read, `SELECT data FROM sessions`)[0])
	for _, guess := range []string{"", hash, "Token"} {
		if got, err := keys.Open(blob, guess, []byte("sess/v1|"+hash)); err == nil {
			t.Errorf("a thief with the guess %q read %q", guess, got)
		}
	}
	if got, err := keys.Open(blob, "token", []byte("sess/v1|"+hash)); err != nil || !bytes.Equal(got, secretText) {
		t.Errorf("with the cookie it does not open either: %v", err)
	}
}

func TestADamagedSessionIsAnonymousAndEnded(t *testing.T) {
	spoil := map[string]string{
		"a flipped byte": `UPDATE sessions SET data = CAST(substr(data, 1, 20) || X'00' || substr(data, 22) AS BLOB)`,
		"cut off":        `UPDATE sessions SET data = substr(data, 1, 10)`,
		"emptied":        `UPDATE sessions SET data = X''`,
		"an unknown key": `UPDATE sessions SET data = CAST(X'0100000000' || substr(data, 6) AS BLOB)`,
		"two rows exchanged": `WITH old AS MATERIALIZED (SELECT token_hash, data FROM sessions)
			UPDATE sessions SET data = (SELECT o.data FROM old AS o WHERE o.token_hash <> sessions.token_hash)`,
	}
	for name, statement := range spoil {
		t.Run(name, func(t *testing.T) {
			s, _ := openSessions(t)
			var told []buyer.ID
			s.OnDamaged(func(b buyer.ID, err error) {
				if !errors.Is(err, seal.ErrSealed) {
					t.Errorf("told of %v", err)
				}
				told = append(told, b)
			})
			commit(t, s, "token", secretText)
			commit(t, s, "other", append([]byte("other "), secretText...))
			if _, err := s.DB().Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
			for _, token := range []string{"token", "other", "token"} {
				if got := found(t, s, token); got != nil {
					t.Errorf("found %q", got)
				}
			}
			if len(told) != 2 || told[0] != "ivan" {
				t.Errorf("told of %v, want once for each session", told)
			}
			commit(t, s, "token", secretText)
			if n := count(t, s); n != 0 {
				t.Errorf("%d rows are left", n)
			}
		})
	}
}

func TestAnEndedSessionStaysEnded(t *testing.T) {
	endings := map[string]func(*testing.T, *state.Sessions, *storetest.Clock) error{
		"signed out": func(t *testing.T, s *state.Sessions, _ *storetest.Clock) error {
			return s.DeleteCtx(t.Context(), "token")
		},
		"ended for the buyer": func(t *testing.T, s *state.Sessions, _ *storetest.Clock) error {
			_, err := s.DeleteBuyer(t.Context(), "ivan")
			return err
		},
		"left idle": func(_ *testing.T, _ *state.Sessions, c *storetest.Clock) error {
			c.Advance(state.SessionIdle)
			return nil
		},
		"left idle, and purged": func(t *testing.T, s *state.Sessions, c *storetest.Clock) error {
			c.Advance(state.SessionIdle)
			return s.Purge(t.Context())
		},
	}
	for name, end := range endings {
		t.Run(name, func(t *testing.T) {
			s, clock := openSessions(t)
			commit(t, s, "token", secretText)
			if err := end(t, s, clock); err != nil {
				t.Fatal(err)
			}
			for range 3 { // a request that was under way commits what it had
				commit(t, s, "token", secretText)
				if got := found(t, s, "token"); got != nil {
					t.Fatalf("revived: %q", got)
				}
			}
			if n := count(t, s); n != 0 {
				t.Errorf("%d rows are left", n)
			}
			if err := s.Touch(t.Context(), "token"); err != nil || found(t, s, "token") != nil {
				t.Errorf("touching revived it: %v", err)
			}
			clock.Advance(state.SessionAbsolute - time.Second)
			if err := s.Purge(t.Context()); err != nil {
				t.Fatal(err)
			}
			commit(t, s, "token", secretText)
			if found(t, s, "token") != nil {
				t.Error("forgotten too early")
			}
			clock.Advance(time.Hour)
			if err := s.Purge(t.Context()); err != nil {
				t.Fatal(err)
			}
			if left := column(t, s.DB().Read, `SELECT COUNT(*) FROM ended_sessions`); left[0] != "0" {
				t.Errorf("%s ended sessions are remembered for ever", left[0])
			}
		})
	}
}

func TestASessionEndsByItself(t *testing.T) {
	tests := map[string]struct {
		every, total time.Duration // a request that often, for that long
		alive        bool
	}{
		"59 minutes idle":            {59 * time.Minute, 59 * time.Minute, true},
		"60 minutes idle":            {60 * time.Minute, 60 * time.Minute, false},
		"61 minutes idle":            {61 * time.Minute, 61 * time.Minute, false},
		"active for 11:59":           {30 * time.Minute, 11*time.Hour + 59*time.Minute, true},
		"active for 12:00":           {30 * time.Minute, 12 * time.Hour, false},
		"active for 12:01":           {30 * time.Minute, 12*time.Hour + time.Minute, false},
		"now and then, for 11 hours": {55 * time.Minute, 11 * time.Hour, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, clock := openSessions(t)
			commit(t, s, "token", secretText)
			for left := test.total; left > 0; left -= test.every {
				if err := s.Touch(t.Context(), "token"); err != nil {
					t.Fatal(err)
				}
				clock.Advance(min(left, test.every))
			}
			if alive := found(t, s, "token") != nil; alive != test.alive {
				t.Errorf("alive is %v, want %v", alive, test.alive)
			}
		})
	}
}

func TestPageViewsWriteOnceAMinute(t *testing.T) {
	s, clock := openSessions(t)
	commit(t, s, "token", secretText)
	writes, last := 0, ""
	for range 100 { // 100 views in 100 seconds
		clock.Advance(time.Second)
		if found(t, s, "token") == nil {
			t.Fatal("lost")
		}
		if err := s.Touch(t.Context(), "token"); err != nil {
			t.Fatal(err)
		}
		if at := column(t, s.DB().Read, `SELECT touched_at FROM sessions`)[0]; at != last {
			writes, last = writes+1, at
		}
	}
	if writes > 2 {
		t.Errorf("%d writes", writes)
	}
}

func TestAllSessionsOfABuyerEnd(t *testing.T) {
	s, _ := openSessions(t)
	for _, token := range []string{"one", "two", "three"} {
		commit(t, s, token, secretText)
	}
	// The buyer of a session that was anonymous is known from its next commit on, and stays known.
	for _, ctx := range []buyer.ID{"", "ivan", ""} {
		if err := s.CommitCtx(state.WithBuyer(t.Context(), ctx), "four", secretText, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.CommitCtx(state.WithBuyer(t.Context(), "Ivan"), "foreign", secretText, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if n, err := s.DeleteBuyer(t.Context(), "ivan"); n != 4 || err != nil {
		t.Errorf("ended %d, %v", n, err)
	}
	if found(t, s, "one") != nil || found(t, s, "four") != nil || found(t, s, "foreign") == nil {
		t.Error("not exactly the buyer's sessions ended")
	}
}

func TestSessionsOutliveTheProcess(t *testing.T) {
	dir, clock := t.TempDir(), storetest.NewClock()
	first := sessionsIn(t, dir, clock)
	commit(t, first, "token", secretText)
	commit(t, first, "ended", secretText)
	if err := first.DeleteCtx(t.Context(), "ended"); err != nil {
		t.Fatal(err)
	}
	second := sessionsIn(t, dir, clock)
	if !bytes.Equal(found(t, second, "token"), secretText) {
		t.Error("the session is lost")
	}
	commit(t, second, "ended", secretText)
	if found(t, second, "ended") != nil {
		t.Error("the restart revived a session that was signed out")
	}
}

func TestTheLibrarysEdgeCases(t *testing.T) {
	s, _ := openSessions(t)
	if err := s.Delete(""); err != nil {
		t.Errorf("destroying a session that was never committed: %v", err)
	}
	if err := s.Delete("unknown"); err != nil {
		t.Errorf("deleting an unknown one: %v", err)
	}
	if err := s.Commit("token", secretText, time.Now()); err != nil {
		t.Error(err)
	}
	if data, ok, err := s.Find("token"); !ok || err != nil || !bytes.Equal(data, secretText) {
		t.Errorf("found %q, %v, %v", data, ok, err)
	}
}

func BenchmarkFind(b *testing.B) {
	s, _ := openSessions(b)
	commit(b, s, "token", secretText)
	for b.Loop() {
		found(b, s, "token")
	}
}
