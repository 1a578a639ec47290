package cache_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"storefront/internal/buyer"
	"storefront/store/storetest"
)

// allBuyers lists the functions that may reach prices without naming their buyer, and why.
var allBuyers = map[string]string{
	"sweepBodies": "drops bodies that no list refers to",
	"putChunk":    "the body stands by its content alone; whose it is stands in the chunk, with his name",
	"Sizes":       "counts for the operator",
}

var (
	priceTables = regexp.MustCompile(`\b(FROM|INTO|UPDATE|JOIN) (price_chunks|price_lists|price_bodies)\b`)
	namesBuyer  = regexp.MustCompile(`buyer_id = \$1`)
	writesOwn   = regexp.MustCompile(`(?s)^\s*INSERT INTO price_\w+ \(buyer_id`)
)

// guarded tells whether a statement on prices names whose they are.
func guarded(statement string) bool {
	return !priceTables.MatchString(statement) || namesBuyer.MatchString(statement) || writesOwn.MatchString(statement)
}

// Prices are personal: every statement that touches them names their buyer, and only the functions listed may do without.
func TestEveryStatementOnPricesNamesTheBuyer(t *testing.T) {
	found, excused := 0, map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for function, statements := range statementsOf(t, name) {
			for _, text := range statements {
				if priceTables.MatchString(text) {
					found++
				}
				if guarded(text) {
					continue
				}
				if allBuyers[function] == "" {
					t.Errorf("%s reaches the prices of any buyer:\n%s", function, text)
				}
				excused[function] = true
			}
		}
	}
	if found < 8 {
		t.Errorf("only %d statements on prices were found: the search is broken", found)
	}
	for function := range allBuyers {
		if !excused[function] {
			t.Errorf("%s is excused for nothing", function)
		}
	}
}

// statementsOf lists the texts of a file by the function that they stand in.
func statementsOf(t *testing.T, name string) map[string][]string {
	t.Helper()
	source, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, declaration := range file.Decls {
		function := ""
		if f, ok := declaration.(*ast.FuncDecl); ok {
			function = f.Name.Name
		}
		ast.Inspect(declaration, func(n ast.Node) bool {
			if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
				if said, err := strconv.Unquote(text.Value); err == nil {
					found[function] = append(found[function], said)
				}
			}
			return true
		})
	}
	return found
}

func TestUnguardedStatementsOnPricesAreFound(t *testing.T) {
	for text, want := range map[string]bool{
		`SELECT body FROM price_bodies`:                                    false,
		`DELETE FROM price_chunks WHERE read_at < $1`:                      false,
		`INSERT INTO price_chunks (category, hash) VALUES ($1, $2)`:        false,
		`SELECT category FROM price_chunks WHERE buyer_id = $1`:            true,
		`INSERT INTO price_lists (buyer_id, complete_at) VALUES ($1, $2)`:  true,
		`SELECT body FROM items`:                                           true,
		`SELECT 1 FROM price_chunks JOIN price_bodies WHERE buyer_id = $1`: true,
	} {
		if guarded(text) != want {
			t.Errorf("guarded(%s) = %v", text, !want)
		}
	}
}

// However alike logins are, one's prices are not another's, and forgetting one's leaves the other's.
func TestPricesOfLoginsThatLookAlike(t *testing.T) {
	s := storetest.Cache(t, time.Now)
	began := time.Now()
	alike := []buyer.ID{"ivan", "Ivan", "IVAN", "ivan ", "иван", "и\u0438\u0306", "ий", "iva%", "iv_n"}
	for i, b := range alike {
		if err := s.PutPrices(t.Context(), b, storetest.Chunks(10, int64(i+1), began)); err != nil {
			t.Fatal(err)
		}
	}
	first := func(b buyer.ID) string {
		chunks, _, err := s.Prices(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		for _, chunk := range chunks {
			for _, o := range chunk.Offers {
				if o.Price != nil {
					return fmt.Sprint(o.ItemID, o.Price)
				}
			}
		}
		return ""
	}
	for i, b := range alike {
		price := storetest.Offer(1, int64(i+1)) // the first that has a price
		if got := first(b); !strings.HasSuffix(got, price.Price.String()) {
			t.Errorf("%q is offered %s, want %s", b, got, price.Price)
		}
	}
	if err := s.ForgetPrices(t.Context(), "ivan"); err != nil {
		t.Fatal(err)
	}
	if first("ivan") != "" || first("Ivan") == "" || first("ivan ") == "" {
		t.Error("forgetting one's prices is not forgetting his alone")
	}
	if got := first("nobody"); got != "" {
		t.Errorf("a buyer who was never here is offered %s", got)
	}
}
