package state_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/store/sqlite"
	"storefront/store/state"
	"storefront/store/storetest"
)

const pageSize = 4096

// kept writes something of everything that is precious into a new state.db.
func kept(t *testing.T, dir string) *state.Store {
	t.Helper()
	s, err := state.Open(t.Context(), dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SaveAccount(t.Context(), buyer.Account{ID: "ivan", Right: buyer.RightEdit, SignedInAt: storetest.Start}); err != nil {
		t.Fatal(err)
	}
	fillCart(t, s, "ivan", 3)
	orders, seen := make([]order.Order, 200), make([]catalog.Sighting, 200)
	for n := range orders {
		orders[n], seen[n] = full(n), sighting(storetest.ItemID(n), storetest.Start, "1.5")
	}
	if err := s.SaveOrders(t.Context(), "ivan", orders); err != nil {
		t.Fatal(err)
	}
	saw(t, s, "ivan", seen...)
	return s
}

// root is the first page of a table or index, counted from 0.
func root(t *testing.T, db *sqlite.DB, name string) (page int) {
	t.Helper()
	if err := db.Read.QueryRowContext(t.Context(), `SELECT rootpage FROM sqlite_schema WHERE name = $1`, name).Scan(&page); err != nil {
		t.Fatal(err)
	}
	return page - 1
}

// overwrite makes a page senseless in a file that may be open.
func overwrite(t *testing.T, path string, page int) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte(strings.Repeat("\xa5", pageSize)), int64(page)*pageSize); err != nil {
		t.Fatal(err)
	}
}

func flipHeader(t *testing.T, path string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 16 {
		content[i] ^= 0xff
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func pages(t *testing.T, path string) int {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return int(info.Size() / pageSize)
}

// files returns what is in the folder, byte for byte, but for the log's index: readers use that among themselves.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(e.Name(), "-shm") && len(content) > 0 {
			found[e.Name()] = string(content)
		}
	}
	return found
}

func sameFiles(t *testing.T, before, after map[string]string) {
	t.Helper()
	for name, content := range before {
		if after[name] != content {
			t.Errorf("%s was touched: %d bytes, were %d", name, len(after[name]), len(content))
		}
	}
	if len(after) != len(before) {
		t.Errorf("%d files, were %d", len(after), len(before))
	}
}

// damageCase is what may happen to the file, and what is still read of it.
type damageCase struct {
	spoil                 func(t *testing.T, path string, db *sqlite.DB)
	cart, orders, history bool
}

func damages() map[string]damageCase {
	return map[string]damageCase{
		"no database": {spoil: func(t *testing.T, path string, _ *sqlite.DB) {
			write(t, path, []byte(strings.Repeat("precious ", 1000)))
		}},
		"the header":     {spoil: func(t *testing.T, path string, _ *sqlite.DB) { flipHeader(t, path) }},
		"the first page": {spoil: func(t *testing.T, path string, _ *sqlite.DB) { overwrite(t, path, 0) }},
		"all but the header": {spoil: func(t *testing.T, path string, _ *sqlite.DB) {
			for page := 1; page < pages(t, path); page++ {
				overwrite(t, path, page)
			}
		}},
		"the root of the carts": {orders: true, history: true, spoil: func(t *testing.T, path string, db *sqlite.DB) {
			overwrite(t, path, root(t, db, "carts"))
		}},
		"the root of the orders": {cart: true, history: true, spoil: func(t *testing.T, path string, db *sqlite.DB) {
			overwrite(t, path, root(t, db, "orders"))
		}},
		"the root of the sightings": {cart: true, orders: true, spoil: func(t *testing.T, path string, db *sqlite.DB) {
			overwrite(t, path, root(t, db, "sightings"))
		}},
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func cutOff(t *testing.T, path string, _ *sqlite.DB) {
	t.Helper()
	if err := os.Truncate(path, int64(pages(t, path)/2)*pageSize); err != nil {
		t.Fatal(err)
	}
}

// middle damages the root page nearest to the middle of those that no cart is read from.
func middle(t *testing.T, path string, db *sqlite.DB) {
	t.Helper()
	root, err := strconv.Atoi(column(t, db.Read, `SELECT rootpage FROM sqlite_schema WHERE rootpage > 0
		AND tbl_name NOT IN ('accounts', 'carts', 'cart_lines', 'submissions', 'order_edits') ORDER BY abs(rootpage - $1) LIMIT 1`, pages(t, path)/2)[0])
	if err != nil {
		t.Fatal(err)
	}
	overwrite(t, path, root-1)
}

// whole is a sound file with everything in it.
func whole(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	if err := kept(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	return []byte(files(t, dir)[state.File])
}

// spoil damages a file from outside, by a connection of its own.
func spoil(t *testing.T, path string, tc damageCase) {
	t.Helper()
	db, err := sqlite.OpenDamaged(path)
	if err != nil {
		t.Fatal(err)
	}
	tc.spoil(t, path, db)
	if err := db.Read.Close(); err != nil {
		t.Fatal(err)
	}
}

// checkpointed folds the log in, so that the file holds everything.
func checkpointed(t *testing.T, s *state.Store) {
	t.Helper()
	if _, err := s.DB().Exec(t.Context(), `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		t.Fatal(err)
	}
}

func TestADamagedFileIsReadAsFarAsItCanBeAndNeverTouched(t *testing.T) {
	all := damages()
	all["a page in the middle"] = damageCase{spoil: middle, cart: true}
	all["the second half cut off"] = damageCase{spoil: cutOff}
	sound := whole(t)
	for name, tc := range all {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, state.File)
			write(t, path, sound)
			spoil(t, path, tc)
			before := files(t, dir)

			s, err := state.Open(t.Context(), dir, time.Now)
			if err != nil {
				t.Fatal(err)
			}
			var told []error
			s.OnDamaged(func(cause error) { told = append(told, cause) })
			if s.Damage() == nil || len(told) != 1 {
				t.Fatalf("damage is %v, told %d times", s.Damage(), len(told))
			}
			refusesToWrite(t, s)
			readsAsFar(t, s, tc)
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			sameFiles(t, before, files(t, dir))
		})
	}
}

// The log of a program that was killed may hold the only sound copy of a page: it is read, and stays.
func TestTheLogOfADamagedFileStays(t *testing.T) {
	dir, copied := t.TempDir(), t.TempDir()
	first := kept(t, dir)
	page := root(t, first.DB(), "sightings")
	checkpointed(t, first)
	fillCart(t, first, "petr", 2) // stands in the log alone
	for name, content := range files(t, dir) {
		write(t, filepath.Join(copied, name), []byte(content))
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	overwrite(t, filepath.Join(copied, state.File), page)
	before := files(t, copied)
	if before[state.File+"-wal"] == "" {
		t.Fatal("there is no log")
	}
	s, err := state.Open(t.Context(), copied, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if s.Damage() == nil || len(getCart(t, s, "petr").Lines) != 2 {
		t.Errorf("damage %v, %d lines out of the log", s.Damage(), len(getCart(t, s, "petr").Lines))
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	sameFiles(t, before, files(t, copied))
}

func TestDamageIsFoundWhileRunning(t *testing.T) {
	all := damages()
	all["the second half cut off"] = damageCase{spoil: cutOff}
	delete(all, "no database") // another file's content under a running program is what the others are
	sound := whole(t)
	for name, tc := range all {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, state.File)
			write(t, path, sound)
			s, err := state.Open(t.Context(), dir, time.Now)
			if err != nil {
				t.Fatal(err)
			}
			told := 0
			s.OnDamaged(func(error) { told++ })
			spoil(t, path, tc)
			for round := 0; s.Damage() == nil && round < 100; round++ { // what a connection remembers is sound for a while
				for _, read := range reads(s) {
					if err := read(t.Context()); err != nil {
						t.Fatalf("a reader was shown %v", err)
					}
				}
				s.DB().Read.SetMaxIdleConns(0) // and forgotten with it
				s.DB().Read.SetMaxIdleConns(4)
			}
			if s.Damage() == nil || told != 1 {
				t.Fatalf("damage is %v, told %d times", s.Damage(), told)
			}
			before := files(t, dir)
			refusesToWrite(t, s)
			for _, read := range reads(s) {
				if err := read(t.Context()); err != nil {
					t.Errorf("a reader was shown %v", err)
				}
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			sameFiles(t, before, files(t, dir))
		})
	}
}

// A write that runs into damage is refused like every one after it.
func TestAWriteFindsTheDamage(t *testing.T) {
	dir := t.TempDir()
	if err := kept(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	s, err := state.Open(t.Context(), dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	overwrite(t, filepath.Join(dir, state.File), root(t, s.DB(), "watches"))
	if err := s.Watch(t.Context(), "ivan", "a"); !errors.Is(err, state.ErrDamaged) || s.Damage() == nil {
		t.Errorf("the write answers %v, damage is %v", err, s.Damage())
	}
	refusesToWrite(t, s)
}

// refusesToWrite checks every method that writes.
func refusesToWrite(t *testing.T, s *state.Store) {
	t.Helper()
	ctx := t.Context()
	cart := order.Cart{ID: "c", Buyer: "ivan", Version: 1}
	for name, err := range map[string]error{
		"SaveAccount":   s.SaveAccount(ctx, buyer.Account{ID: "ivan"}),
		"Active":        s.Active(ctx, "ivan", time.Now()),
		"Audit":         s.Audit(ctx, state.Event{Name: "x"}),
		"AddLine":       second(s.AddLine(ctx, "ivan", "a", pieces(1))),
		"SetLine":       second(s.SetLine(ctx, "ivan", "a", pieces(1))),
		"SetCartNote":   second(s.SetCartNote(ctx, "ivan", "x")),
		"Prepare":       s.Prepare(ctx, storetest.Submission("one", cart, storetest.Start)),
		"Move":          second(s.Move(ctx, "one", order.Prepared, 0, func(*order.Submission) {})),
		"Touch":         s.Touch(ctx, order.Submission{ID: "one", Buyer: "ivan"}),
		"WipeSealed":    second(s.WipeSealed(ctx, time.Now())),
		"SaveOrders":    s.SaveOrders(ctx, "ivan", nil),
		"SaveOrder":     s.SaveOrder(ctx, "ivan", full(1)),
		"AddNote":       s.AddNote(ctx, "ivan", order.NoteRecord{Order: "1", Text: "x"}),
		"KeepSightings": s.KeepSightings(ctx, "ivan", nil),
		"Look":          s.Look(ctx, "ivan", "a"),
		"KeepRate":      s.KeepRate(ctx, money.Rate{RUB: pieces(80)}),
		"Watch":         s.Watch(ctx, "ivan", "a"),
		"Unwatch":       s.Unwatch(ctx, "ivan", "a"),
		"SetMark":       s.SetMark(ctx, "ivan", "a", buyer.Mark{}),
		"Ping":          s.Ping(ctx),
		"Unfinished":    second(s.Unfinished(ctx, storetest.Start)), // for recovery, which would write
	} {
		if !errors.Is(err, state.ErrDamaged) || !errkind.Is(err, errkind.StateDamaged) {
			t.Errorf("%s answers %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// reads is every method that reads; what is not there is no failure.
func reads(s *state.Store) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"Account":        func(ctx context.Context) error { return second(s.Account(ctx, "ivan")) },
		"AuditTrail":     func(ctx context.Context) error { return second(s.AuditTrail(ctx, 10)) },
		"Cart":           func(ctx context.Context) error { return second(s.Cart(ctx, "ivan")) },
		"Watches":        func(ctx context.Context) error { return second(s.Watches(ctx, "ivan")) },
		"Interests":      func(ctx context.Context) error { return second(s.Interests(ctx, "ivan")) },
		"Sightings":      func(ctx context.Context) error { return second(s.Sightings(ctx, "ivan", storetest.ItemID(1))) },
		"Rates":          func(ctx context.Context) error { return second(s.Rates(ctx)) },
		"Bought":         func(ctx context.Context) error { return second(s.Bought(ctx, "ivan", 500)) },
		"Purchases":      func(ctx context.Context) error { return second(s.Purchases(ctx, "ivan", storetest.ItemID(1), 5)) },
		"Changes":        func(ctx context.Context) error { return second(s.Changes(ctx, "ivan", storetest.Start)) },
		"StatusChanges":  func(ctx context.Context) error { return second(s.StatusChanges(ctx, "ivan", storetest.Start)) },
		"CutsSince":      func(ctx context.Context) error { return second(s.CutsSince(ctx, "ivan", storetest.Start)) },
		"OrdersReadAt":   func(ctx context.Context) error { return second(s.OrdersReadAt(ctx, "ivan")) },
		"LinesDue":       func(ctx context.Context) error { return second(s.LinesDue(ctx, "ivan", time.Now(), 500)) },
		"Timeline":       func(ctx context.Context) error { return second(s.Timeline(ctx, "ivan", full(1).ID)) },
		"Notes":          func(ctx context.Context) error { return second(s.Notes(ctx, "ivan", full(1).ID)) },
		"History":        func(ctx context.Context) error { return second(s.History(ctx, "ivan", "one")) },
		"OpenSubmission": func(ctx context.Context) error { _, _, err := s.OpenSubmission(ctx, "ivan"); return err },
		"Orders": func(ctx context.Context) error {
			_, _, err := s.Orders(ctx, "ivan", order.Filter{Text: "a"})
			return err
		},
		"Order": func(ctx context.Context) error {
			return without(second(s.Order(ctx, "ivan", full(1).ID)), order.ErrNoOrder)
		},
		"Submission": func(ctx context.Context) error {
			return without(second(s.Submission(ctx, "ivan", "one")), order.ErrNoSubmission)
		},
	}
}

func without(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}

func readsAsFar(t *testing.T, s *state.Store, tc damageCase) {
	t.Helper()
	for name, read := range reads(s) {
		if err := read(t.Context()); err != nil {
			t.Errorf("%s fails with %v", name, err)
		}
	}
	if a, err := s.Account(t.Context(), "nobody"); err != nil || a.ID != "nobody" {
		t.Errorf("whoever is not found has the account %+v, %v", a, err)
	}
	if n := len(getCart(t, s, "ivan").Lines); tc.cart && n != 3 {
		t.Errorf("%d lines of the cart are read", n)
	}
	if _, n, err := s.Orders(t.Context(), "ivan", order.Filter{}); err != nil || tc.orders && n != 200 {
		t.Errorf("%d orders are read, %v", n, err)
	}
	if seen, err := s.Sightings(t.Context(), "ivan", storetest.ItemID(7)); err != nil || tc.history && len(seen) != 1 {
		t.Errorf("%d sightings are read, %v", len(seen), err)
	}
}

// One connection stands behind what can't be read: a reader who goes away must not take it with him.
func TestAReaderWhoGoesAwayTakesNothingWithHim(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, state.File), []byte(strings.Repeat("precious ", 1000)))
	s := storetest.StateIn(t, dir, time.Now)
	gone, leave := context.WithCancel(t.Context())
	leave()
	for range 20 {
		_, _ = s.Cart(gone, "ivan") // whatever it answers
	}
	if cart, err := s.Cart(t.Context(), "ivan"); err != nil || len(cart.Lines) != 0 {
		t.Errorf("%+v, %v", cart, err)
	}
}
