package state_test

import (
	"database/sql"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"storefront/internal/order"
	"storefront/store/sqlite"
	"storefront/store/state"
	"storefront/store/storetest"
)

func TestMain(m *testing.M) {
	if os.Getenv(preparerEnv) != "" {
		preparer()
		return
	}
	// The session library starts a store of its own before it is given ours, and can't be told not to.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/alexedwards/scs/v2/memstore.(*MemStore).startCleanup"))
}

// column reads the first column of a query.
func column(t *testing.T, q sqlite.Querier, query string, args ...any) []string {
	t.Helper()
	rows, err := q.QueryContext(t.Context(), query, args...)
	values, err := sqlite.Collect(rows, err, func(s *string) []any { return []any{s} })
	if err != nil {
		t.Fatal(err)
	}
	return values
}

func tables(t *testing.T, db *sqlite.DB) []string {
	return column(t, db.Read, `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
		AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'goose%'`)
}

func TestEveryTableIsStrict(t *testing.T) {
	sessions, _ := openSessions(t)
	for _, db := range []*sqlite.DB{storetest.State(t, time.Now).DB(), sessions.DB()} {
		if len(tables(t, db)) == 0 {
			t.Error("no tables found")
		}
		for _, name := range tables(t, db) {
			if got := column(t, db.Read, `SELECT strict FROM pragma_table_list WHERE schema = 'main' AND name = $1`, name); got[0] != "1" {
				t.Errorf("%s is not STRICT", name)
			}
		}
	}
}

func TestBothFilesAreDurable(t *testing.T) {
	sessions, _ := openSessions(t)
	for _, db := range []*sqlite.DB{storetest.State(t, time.Now).DB(), sessions.DB()} {
		err := db.Tx(t.Context(), func(tx *sql.Tx) error {
			for pragma, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1", "secure_delete": "1"} {
				if got := column(t, tx, `PRAGMA `+pragma); got[0] != want {
					t.Errorf("%s is %s, want %s", pragma, got[0], want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestNoColumnHoldsAFloat(t *testing.T) {
	db := storetest.State(t, time.Now).DB()
	for _, name := range tables(t, db) {
		for _, kind := range column(t, db.Read, `SELECT type FROM pragma_table_info($1)`, name) {
			if !slices.Contains([]string{"TEXT", "INTEGER", "BLOB"}, kind) {
				t.Errorf("%s has a column of type %s", name, kind)
			}
		}
	}
}

func TestTheDatabaseItselfRefusesNonsense(t *testing.T) {
	s := storetest.State(t, time.Now)
	cart := fillCart(t, s, "ivan", 2)
	sub := storetest.Submission("one", cart, storetest.Start)
	if err := s.Prepare(t.Context(), sub); err != nil {
		t.Fatal(err)
	}
	saveOrder(t, s, "ivan", storetest.Order(1))
	planEdit(t, s, "ivan", storetest.Order(1).ID)
	nonsense := map[string]string{
		"no pieces":             `UPDATE cart_lines SET quantity = 0`,
		"a minus":               `UPDATE cart_lines SET quantity = -1`,
		"too many pieces":       `UPDATE cart_lines SET quantity = 100001`,
		"half a piece":          `UPDATE cart_lines SET quantity = 1.5`,
		"a line without a cart": `INSERT INTO cart_lines (buyer_id, item_id, quantity, added_in, added_at) VALUES ('nobody', 'x', 1, 1, 1)`,
		"an unknown state":      `UPDATE submissions SET state = 'PERHAPS'`,
		"confirmed by nothing":  `UPDATE submissions SET sealed = NULL, state = 'CONFIRMED'`,
		"kept credentials":      `UPDATE submissions SET state = 'NOT_SENT'`,
		"a second open one": `INSERT INTO submissions (id, buyer_id, cart_id, cart_version, note, state, epoch, baseline, baseline_at, sent_at,
				answered, order_id, evidence, fault_kind, fault_text, reads_ok, last_read_at, next_read_at, note_sent, note_error, created_at, changed_at)
			SELECT 'two', buyer_id, cart_id, cart_version + 1, note, 'UNKNOWN', epoch, baseline, baseline_at, sent_at,
				answered, order_id, evidence, fault_kind, fault_text, reads_ok, last_read_at, next_read_at, note_sent, note_error, created_at, changed_at FROM submissions`,
		"an exponent for money": `UPDATE orders SET sum = '1e5'`,
		"a comma in money":      `UPDATE orders SET sum = '1,5'`,
		"no money":              `UPDATE orders SET sum = ''`,
		"a minus for a price":   `UPDATE submission_lines SET price = '-1'`,
		"a buyer without name":  `INSERT INTO accounts VALUES ('', '', 0, 0, 0)`,
		"an unknown right":      `INSERT INTO accounts VALUES ('ivan', 'all', 0, 0, 0)`,
		"another history":       `UPDATE submission_events SET state = 'CONFIRMED'`,
		"a lost history":        `DELETE FROM submission_events`,
		"another observation":   `UPDATE order_observations SET status = 'Отгружен'`,
		"a lost observation":    `DELETE FROM order_observations`,
		"a price in words":      `INSERT INTO sightings VALUES ('ivan', 'x', 1, 'ten', '0', '0', '0', 0)`,
		"a stock of nothing":    `INSERT INTO sightings VALUES ('ivan', 'x', 1, '1', '', '0', '0', 0)`,
		"a negative wish":       `INSERT INTO watches VALUES ('ivan', 'x', 1, '-1', 0, 0)`,
		"a rate of nothing":     `INSERT INTO rates VALUES (1, '')`,
		"wishes of nothing":     `INSERT INTO wishes VALUES ('ivan', 'one', '', 0, '')`,
		"an hour for a day":     `INSERT INTO wishes VALUES ('ivan', 'one', '', 3600000000, '')`,
		"a number too long":     `INSERT INTO wishes VALUES ('ivan', 'one', '` + strings.Repeat("я", 51) + `', 0, '')`,
		"a text of nothing":     `INSERT INTO note_templates VALUES (1, 'ivan', 'a', '')`,
		"a text too long":       `INSERT INTO note_templates VALUES (1, 'ivan', 'a', '` + strings.Repeat("я", 1001) + `')`,
		"a second open change of an order": `INSERT INTO order_edits (id, buyer_id, order_id, item_id, plan, step, before, wanted, act, count, state, epoch,
				answered, fault_kind, fault_text, shows, reserved, status, read_at, next_read_at, sent_at, created_at, changed_at)
			SELECT 'two', buyer_id, order_id, item_id, 'two', 0, before, wanted, act, count, state, epoch,
				answered, fault_kind, fault_text, shows, reserved, status, read_at, next_read_at, sent_at, created_at, changed_at FROM order_edits`,
		"a change that changes nothing": `UPDATE order_edits SET wanted = before`,
		"a change sent at no time":      `UPDATE order_edits SET state = 'SENDING'`,
		"a change in an unknown state":  `UPDATE order_edits SET state = 'PERHAPS'`,
		"another history of a change":   `UPDATE order_edit_events SET state = 'DONE'`,
		"a lost history of a change":    `DELETE FROM order_edit_events`,
		"an equivalent that is nothing": `INSERT INTO rescues VALUES (1, 'ivan', 'o', 'i', 'equivalent', '1', '', 0, '', 'HANDED', 0, 0)`,
		"a cart that is waited for":     `INSERT INTO rescues VALUES (1, 'ivan', 'o', 'i', 'cart', '1', '', 0, '', 'WAITING', 0, 0)`,
	}
	for name, statement := range nonsense {
		if n, err := s.DB().Exec(t.Context(), statement); err == nil {
			t.Errorf("%s: %d rows were changed", name, n)
		}
	}
}

func TestTheAuditTrailOnlyGrows(t *testing.T) {
	s := storetest.State(t, storetest.NewClock().Now)
	for _, name := range []string{"authn_login_success", "authn_login_fail"} {
		if err := s.Audit(t.Context(), state.Event{Buyer: "ivan", Request: "r1", Name: name, Detail: "127.0.0.1"}); err != nil {
			t.Fatal(err)
		}
	}
	for _, statement := range []string{`UPDATE audit SET name = 'x'`, `DELETE FROM audit`} {
		if _, err := s.DB().Exec(t.Context(), statement); err == nil {
			t.Errorf("%s was allowed", statement)
		}
	}
	events, err := s.AuditTrail(t.Context(), 10)
	if err != nil || len(events) != 2 || events[0].Name != "authn_login_fail" || !events[0].At.Equal(storetest.Start) {
		t.Errorf("trail %+v, %v", events, err)
	}
}

// The database knows which states are open by itself; it has to agree with the order package.
func TestTheDatabaseAgreesWhichStatesAreOpen(t *testing.T) {
	db := storetest.State(t, time.Now).DB()
	states := []order.State{order.Prepared, order.Baselined, order.Sending, order.Confirmed, order.NotSent, order.Rejected,
		order.Uncertain, order.NeedsBuyer, order.ProbablyNotCreated, order.Closed, order.LateFound}
	for i, st := range states {
		orderID := ""
		if st == order.Confirmed {
			orderID = "ЗК-1"
		}
		_, err := db.Exec(t.Context(), `INSERT INTO submissions (id, buyer_id, cart_id, cart_version, note, state, epoch, baseline, baseline_at, sent_at,
				answered, order_id, evidence, fault_kind, fault_text, reads_ok, last_read_at, next_read_at, note_sent, note_error, created_at, changed_at)
			VALUES ($1, $1, 'c', $2, '', $1, 0, '[]', 0, 0, 0, $3, '', '', '', 0, 0, 0, 0, '', 0, 0)`, st, i, orderID)
		if err != nil {
			t.Fatal(err)
		}
		got := column(t, db.Read, `SELECT is_open FROM submissions WHERE id = $1`, st)
		if (got[0] == "1") != st.Open() {
			t.Errorf("%s: the database says open = %s", st, got[0])
		}
	}
}

func TestTheStateOutlivesTheProcess(t *testing.T) {
	dir := t.TempDir()
	first, err := state.Open(t.Context(), dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	cart := fillCart(t, first, "ivan", 3)
	if err := errors.Join(first.Prepare(t.Context(), storetest.Submission("one", cart, storetest.Start)), first.Close()); err != nil {
		t.Fatal(err)
	}
	second := storetest.StateIn(t, dir, time.Now)
	list, err := second.Unfinished(t.Context(), storetest.Start)
	if err != nil || len(list) != 1 || list[0].ID != "one" || len(list[0].Lines) != 3 || string(list[0].Sealed) != "sealed" {
		t.Errorf("found %+v, %v", list, err)
	}
}
