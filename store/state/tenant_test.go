package state_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/order"
	"storefront/store/state"
	"storefront/store/storetest"
)

// everyBuyers lists the functions that may reach rows without naming their buyer, and why.
var everyBuyers = map[string]string{
	"OpenEdits":    "recovery goes on with every buyer's changes of orders",
	"Unfinished":   "recovery goes on with every buyer's submissions",
	"submissionAt": "a mover knows the submission by its id, state and epoch; what it then writes names the row's buyer",
	"WipeSealed":   "housekeeping",
	"AuditTrail":   "for the operator",
	"Outcomes":     "for the operator, who is told nothing but numbers",
	"ThinHistory":  "housekeeping takes every buyer's turn",
}

// shared lists the tables that hold nothing of any buyer.
var shared = []string{"rates"}

// statement is a piece of SQL in the source. What is put together at run time stands in it as «…».
type statement struct{ function, text string }

// statements finds all SQL in the package's sources.
func statements(t *testing.T, folder fs.FS) (found []statement) {
	t.Helper()
	files, err := fs.Glob(folder, "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || name == "session.go" { // sessions are reached by their token
			continue
		}
		source, err := fs.ReadFile(folder, name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, source, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			function := ""
			if f, ok := declaration.(*ast.FuncDecl); ok {
				function = f.Name.Name
			}
			found = append(found, sqlIn(function, declaration)...)
		}
	}
	return found
}

var looksLikeSQL = regexp.MustCompile(`(?s)^\s*(SELECT|INSERT|UPDATE|DELETE|WITH|WHERE)\b`)

func sqlIn(function string, node ast.Node) (found []statement) {
	ast.Inspect(node, func(n ast.Node) bool {
		expression, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		text, whole := literal(expression)
		if !whole {
			return true
		}
		if looksLikeSQL.MatchString(text) {
			found = append(found, statement{function, text})
		}
		return false
	})
	return found
}

// literal joins the parts of a text that starts with a string literal.
func literal(e ast.Expr) (text string, ok bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, e.Kind == token.STRING && err == nil
	case *ast.BinaryExpr:
		left, ok := literal(e.X)
		if !ok || e.Op != token.ADD {
			return "", false
		}
		if right, ok := literal(e.Y); ok {
			return left + right, true
		}
		return left + "«…»", true
	}
	return "", false
}

var (
	namesBuyer = regexp.MustCompile(`buyer_id = (\$1|c\.buyer_id)`)
	writesOne  = regexp.MustCompile(`(?s)^\s*INSERT INTO \w+ \([^)]*buyer_id`)
)

// guarded tells whether a statement on a buyer's table names the buyer itself, or leaves it to the piece that completes it.
func guarded(text string) bool {
	return namesBuyer.MatchString(text) || writesOne.MatchString(text) || strings.HasSuffix(strings.TrimSpace(text), "«…»") ||
		strings.Contains(text, "WHERE «…»")
}

func TestEveryStatementNamesTheBuyer(t *testing.T) {
	db := storetest.State(t, time.Now).DB()
	var owned []string
	for _, name := range tables(t, db) {
		if slices.Contains(column(t, db.Read, `SELECT name FROM pragma_table_info($1)`, name), "buyer_id") {
			owned = append(owned, name)
		} else if !slices.Contains(shared, name) {
			t.Errorf("table %s belongs to nobody", name)
		}
	}
	touches := regexp.MustCompile(`\b(FROM|INTO|UPDATE|JOIN) (` + strings.Join(owned, "|") + `)\b|^\s*WHERE`)
	found := statements(t, os.DirFS("."))
	if len(found) < 40 {
		t.Fatalf("only %d statements were found: the search is broken", len(found))
	}
	excused := map[string]bool{}
	for _, s := range found {
		if !touches.MatchString(s.text) || guarded(s.text) {
			continue
		}
		if everyBuyers[s.function] == "" {
			t.Errorf("%s reaches rows of any buyer:\n%s", s.function, s.text)
		}
		excused[s.function] = true
	}
	for function := range everyBuyers {
		if !excused[function] {
			t.Errorf("%s is excused for nothing", function)
		}
	}
	if where := conditionsSource(t); !strings.Contains(where, "`buyer_id = $1`") {
		t.Error("the order filter does not begin with the buyer")
	}
}

// conditionsSource returns the function that completes the statements ending in WHERE.
func conditionsSource(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("order_query.go")
	if err != nil {
		t.Fatal(err)
	}
	_, function, ok := strings.Cut(string(source), "\nfunc conditions(")
	if !ok {
		t.Fatal("the filter's function is gone")
	}
	function, _, _ = strings.Cut(function, "\n}\n")
	return function
}

func TestTheSearchForUnguardedStatementsFindsThem(t *testing.T) {
	tests := map[string]bool{
		`SELECT * FROM orders WHERE id = $1`:                   false,
		`DELETE FROM cart_lines`:                               false,
		`INSERT INTO orders (id, sum) VALUES ($1, $2)`:         false,
		`UPDATE orders SET buyer_id = $2 WHERE id = $1`:        false,
		`SELECT * FROM orders WHERE buyer_id = $1 AND id = $2`: true,
		`INSERT INTO orders (buyer_id, id) VALUES ($1, $2)`:    true,
		"SELECT id FROM orders WHERE «…» ORDER BY id":          true,
		`WHERE state = 'UNKNOWN'`:                              false,
	}
	for text, want := range tests {
		if got := guarded(text); got != want {
			t.Errorf("guarded(%s) = %v", text, got)
		}
	}
}

// answers are what the store says to a buyer.
type answers struct {
	Cart       order.Cart
	Submission error
	Open       bool
	History    int
	Order      error
	Orders     int
	Found      int
	Without    int
	Timeline   int
	Notes      int
	ReadAt     time.Time
	Reach      bool
	Item       int
	Account    error
	Touch      error
	Interests  int
	Sightings  int
	Changes    int
	Statuses   int
	Cuts       int
	Bought     int
	Purchases  int
	Watches    int
	Mark       error
	Wishes     order.Wishes
	Wished     int
	Texts      int
	Text       error
	Edit       error
	Edits      int
	EditMoved  error
	Rescues    int
	Waits      int
	Closed     error
}

func (got *answers) history(t *testing.T, s *state.Store, b buyer.ID, item catalog.ItemID) {
	interests, _ := s.Interests(t.Context(), b)
	sightings, _ := s.Sightings(t.Context(), b, item)
	changes, _ := s.Changes(t.Context(), b, storetest.Start)
	statuses, _ := s.StatusChanges(t.Context(), b, storetest.Start)
	cuts, _ := s.CutsSince(t.Context(), b, time.Time{})
	bought, _ := s.Bought(t.Context(), b, 10)
	purchases, _ := s.Purchases(t.Context(), b, item, 10)
	watches, _ := s.Watches(t.Context(), b)
	got.Interests, got.Sightings, got.Changes, got.Statuses = len(interests), len(sightings), len(changes), len(statuses)
	got.Cuts, got.Bought, got.Purchases, got.Watches = len(cuts), len(bought), len(purchases), len(watches)
	got.Mark = s.SetMark(t.Context(), b, item, buyer.Mark{Branch: true})
}

func (got *answers) editing(t *testing.T, s *state.Store, b buyer.ID, e order.Edit) {
	_, got.Edit = s.Edit(t.Context(), b, e.ID)
	edits, _ := s.Edits(t.Context(), b, e.Order, 10)
	steps, _ := s.EditSteps(t.Context(), b, e.Plan)
	rescues, _ := s.Rescues(t.Context(), b, e.Order)
	waits, _ := s.Waits(t.Context(), b)
	got.Edits, got.Rescues, got.Waits = len(edits)+len(steps), len(rescues), len(waits)
	e.Buyer = b
	_, got.EditMoved = s.MoveEdit(t.Context(), e, func(next *order.Edit) { next.Answered = true })
	got.Closed = s.CloseRescue(t.Context(), b, e.Order, 1)
}

// A row of somebody else answers exactly like a missing one, however alike the logins are.
func TestForeignRowsAnswerLikeMissingOnes(t *testing.T) {
	s := storetest.State(t, time.Now)
	cart := fillCart(t, s, "ivan", 2)
	if err := s.Prepare(t.Context(), storetest.Submission("one", cart, storetest.Start)); err != nil {
		t.Fatal(err)
	}
	o := storetest.Order(1)
	o.Lines, o.LinesReadAt = []order.Line{storetest.OrderLine(1, 2)}, o.ReadAt
	saveOrder(t, s, "ivan", o)
	if err := s.AddNote(t.Context(), "ivan", order.NoteRecord{Order: o.ID, Text: "моё"}); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveAccount(t.Context(), buyer.Account{ID: "ivan", Right: buyer.RightEdit}); err != nil {
		t.Fatal(err)
	}
	item := storetest.ItemID(1)
	watch(t, s, "ivan", item, buyer.Mark{Branch: true})
	saw(t, s, "ivan", sighting(item, storetest.Start, "10"), sighting(item, storetest.Start.Add(time.Hour), "9"))
	o.Lines, o.LinesReadAt = []order.Line{storetest.OrderLine(1, 1)}, o.ReadAt.Add(time.Hour)
	o.Status, o.ReadAt = order.Assembly, o.LinesReadAt
	saveOrder(t, s, "ivan", o)

	wish(t, s, "ivan", "one", wished)
	addTemplate(t, s, "ivan", "Самовывоз")
	text := templates(t, s, "ivan")[0].ID
	explained, err := s.Move(t.Context(), "one", order.Prepared, 0, func(sub *order.Submission) { sub.OrderID = o.ID })
	reserving := storetest.Order(2)
	reserving.Status, reserving.LinesReadAt = order.Reserving, reserving.ReadAt
	reserving.Lines = []order.Line{storetest.OrderLine(1, 2)}
	reserving.Lines[0].Reserved = decimal.Zero
	saveOrder(t, s, "ivan", reserving)
	edit := planEdit(t, s, "ivan", reserving.ID)
	err = errors.Join(err, s.AddRescue(t.Context(), order.Rescue{Buyer: "ivan", Order: reserving.ID, Item: item, Choice: order.RescueWait, Quantity: decimal.NewFromInt(2), State: order.RescueWaiting}))
	if err != nil {
		t.Fatal(err)
	}

	ask := func(b buyer.ID) (got answers) {
		got.Cart, _ = s.Cart(t.Context(), b)
		got.Cart.Buyer = ""
		_, got.Submission = s.Submission(t.Context(), b, "one")
		_, got.Open, _ = s.OpenSubmission(t.Context(), b)
		history, _ := s.History(t.Context(), b, "one")
		got.History = len(history)
		_, got.Order = s.Order(t.Context(), b, o.ID)
		_, got.Orders, _ = s.Orders(t.Context(), b, order.Filter{})
		_, got.Found, _ = s.Orders(t.Context(), b, order.Filter{Text: "картридж"})
		without, _ := s.LinesDue(t.Context(), b, time.Time{}, 10)
		got.Without = len(without)
		timeline, _ := s.Timeline(t.Context(), b, o.ID)
		got.Timeline = len(timeline)
		notes, _ := s.Notes(t.Context(), b, o.ID)
		got.Notes = len(notes)
		got.ReadAt, _ = s.OrdersReadAt(t.Context(), b)
		_, got.Reach, _ = s.LinesReach(t.Context(), b)
		_, got.Item, _ = s.Orders(t.Context(), b, order.Filter{Item: item})
		_, got.Account = s.Account(t.Context(), b)
		got.history(t, s, b, item)
		got.Wishes, _ = s.CartWishes(t.Context(), b, explained.Cart)
		_, got.Wished, _ = s.Orders(t.Context(), b, order.Filter{Text: wished.Number})
		got.Texts = len(templates(t, s, b))
		_, got.Text = s.NoteTemplate(t.Context(), b, text)
		got.editing(t, s, b, edit)
		got.Touch = s.Touch(t.Context(), order.Submission{ID: "one", Buyer: b, ReadsOK: 99})
		return got
	}
	nothing := ask("nobody")
	if own := ask("ivan"); cmp.Equal(own, nothing, cmp.Comparer(func(a, b error) bool { return errors.Is(a, b) })) {
		t.Fatal("the buyer himself finds nothing: the test proves nothing")
	}
	for _, b := range []buyer.ID{"Ivan", "IVAN", "ivan ", "iva%", "iv_n", "", "ivan\x00"} {
		if diff := cmp.Diff(nothing, ask(b), cmp.Comparer(func(a, b error) bool { return errors.Is(a, b) })); diff != "" {
			t.Errorf("%q is told more than a stranger:\n%s", b, diff)
		}
	}
}
