package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"storefront/views"
)

// shop is a storefront with its distributor and buyers who have signed in and whose price lists are there.
type shop struct {
	cores    cores
	dir      string
	items    int
	emulator *process
	process  *process
	visitors []*visitor
	pages    map[string][]ask // what the buyers ask for, by the name it is reported under
}

// Names of what is asked for.
const (
	pageCatalogue = "catalogue"
	pageSearch    = "search"
	pageItem      = "item"
	pageCart      = "cart add"
	pageHello     = "hello"
)

const (
	patience = 5 * time.Minute        // for the catalogue to be there
	asking   = 400 * time.Millisecond // between two questions whether it is: to ask is load, too
	perList  = 3 * time.Second        // for the price list of each buyer
	slowest  = 30 * time.Second       // of a request
)

// openShop starts a distributor with so many items and buyers, and a storefront on it, and waits until it has read the
// catalogue and the price list of each of its buyers.
func openShop(ctx context.Context, c cores, dir string, items, buyers, levels int) (_ *shop, err error) {
	s := &shop{cores: c, dir: dir, items: items}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	s.emulator, err = c.start(ctx, loadCore, []string{"emulator"}, "emulator",
		"-items", strconv.Itoa(items), "-buyers", strconv.Itoa(buyers), "-levels", strconv.Itoa(levels))
	if err != nil {
		return nil, err
	}
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	for n := range buyers {
		s.visitors = append(s.visitors, newVisitor(login(n), s.url(), slowest))
	}
	ctx, cancel := context.WithTimeout(ctx, patience+time.Duration(buyers)*perList)
	defer cancel()
	if err := s.signIn(ctx, s.visitors[:1]); err != nil {
		return nil, err
	}
	return s, s.signIn(ctx, s.visitors[1:])
}

// open starts the storefront.
func (s *shop) open(ctx context.Context, flags ...string) (err error) {
	args := append([]string{"storefront", "-dir", s.dir, "-portal", s.emulator.address["emulator"]}, flags...)
	s.process, err = s.cores.start(ctx, shopCore, []string{"operator", "storefront"}, args...)
	return err
}

func (s *shop) url() string { return s.process.address["storefront"] }

// signIn signs buyers in and waits until what they see is complete.
func (s *shop) signIn(ctx context.Context, who []*visitor) error {
	for _, v := range who {
		if err := v.signIn(ctx); err != nil {
			return err
		}
	}
	for _, v := range who {
		if err := s.await(ctx, v.settled); err != nil {
			return fmt.Errorf("the prices of %s: %w", v.login, err)
		}
	}
	return nil
}

// restart stops the storefront and opens it again with other flags; the same buyers sign in again.
func (s *shop) restart(ctx context.Context, flags ...string) error {
	if err := s.process.stop(); err != nil {
		return err
	}
	if err := s.open(ctx, flags...); err != nil {
		return err
	}
	for i, v := range s.visitors {
		s.visitors[i] = newVisitor(v.login, s.url(), slowest)
		if err := s.visitors[i].signIn(ctx); err != nil {
			return err
		}
		if err := s.await(ctx, s.visitors[i].priced); err != nil {
			return err
		}
	}
	return nil
}

// await asks again and again until something is so.
func (s *shop) await(ctx context.Context, so func(context.Context) (bool, error)) error {
	ticker := time.NewTicker(asking)
	defer ticker.Stop()
	for {
		is, err := so(ctx)
		if is || err != nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// priced tells whether a buyer's whole price list is shown.
func (v *visitor) priced(ctx context.Context) (bool, error) {
	list, err := v.read(ctx, views.CatalogURL(""))
	return strings.Contains(list, `data-testid="item-row"`) && !strings.Contains(list, views.EventPricesReady+" from:body"), err
}

// settled tells whether, besides, nothing is being read for him any more.
func (v *visitor) settled(ctx context.Context) (bool, error) {
	page, err := v.read(ctx, "/lists")
	if err != nil || strings.Contains(page, "hx-sse:connect") {
		return false, err
	}
	return v.priced(ctx)
}

// perPage is how many different addresses of each kind are asked for in turn.
const perPage = 8

// deep is how many pages of a category are looked at: some three thousand different items all in all.
const deep = 8

// explore finds out what to ask for by reading pages as a buyer does: categories, some with a filter, items, and what to
// search for: the first words of names, and articles.
// Every buyer puts something into his cart.
func (s *shop) explore(ctx context.Context) error {
	list, err := s.visitors[0].read(ctx, views.CatalogURL(""))
	if err != nil {
		return err
	}
	categories := found(list, `href="(/catalog/[^"?]+)"`)
	items := found(list, `data-item-id="([^"]+)"`)
	names := found(list, `class="item-title">([^<]+)<`)
	brand := found(list, `name="brand" value="([^"]+)"`)
	if len(categories) == 0 || len(items) < perPage || len(names) == 0 || len(brand) == 0 {
		return errors.New("the catalogue's page has no categories, items or brands")
	}
	s.pages = map[string][]ask{pageHello: {{path: "/healthz"}}}
	for n := range deep {
		for _, category := range first(categories, perPage) {
			s.add(pageCatalogue, ask{path: category + "?" + url.Values{"page": {strconv.Itoa(1 + n)}}.Encode()})
		}
		s.add(pageCatalogue, ask{path: categories[0] + "?" + url.Values{"brand": {brand[n%len(brand)]}}.Encode()})
	}
	for _, name := range first(names, perPage/2) {
		s.add(pageSearch, searchFor(strings.Join(first(strings.Fields(name), 3), " ")))
	}
	for _, id := range first(items, perPage/2) {
		s.add(pageSearch, searchFor(id))
	}
	for _, id := range first(items, perPage) {
		s.add(pageItem, ask{path: "/items/" + url.PathEscape(id)})
	}
	return s.fillCarts(ctx, list)
}

func searchFor(text string) ask {
	return ask{path: views.SearchURL + "?" + url.Values{"q": {text}}.Encode()}
}

func (s *shop) add(name string, what ask) { s.pages[name] = append(s.pages[name], what) }

// fillCarts lets every buyer put three items that have a price into his cart.
func (s *shop) fillCarts(ctx context.Context, list string) error {
	orderable := first(found(list, `<form class="add"[^>]*><input type="hidden" name="itemId" value="([^"]+)"`), perPage)
	if len(orderable) < 3 {
		return errors.New("nothing can be ordered")
	}
	for _, id := range orderable {
		s.add(pageCart, ask{path: views.CartItemsURL, form: url.Values{"itemId": {id}, "quantity": {"1"}}})
	}
	for _, v := range s.visitors {
		for _, what := range s.pages[pageCart][:3] {
			if _, err := v.do(ctx, what, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// cart is what fillCarts put in, as the role of memory reads it.
func (s *shop) cart() string {
	var lines []string
	for _, what := range s.pages[pageCart][:3] {
		lines = append(lines, what.form.Get("itemId")+"=1")
	}
	return strings.Join(lines, ",")
}

// openMemory starts the process that makes the first buyer's pages of what the storefront has in its cache.
func (s *shop) openMemory(ctx context.Context) (*process, error) {
	return s.cores.start(ctx, shopCore, []string{"memory"}, "memory", "-dir", s.dir, "-buyer", s.visitors[0].login, "-cart", s.cart())
}

// portions tells how many portions of the catalogue the distributor has been asked for.
func (s *shop) portions(ctx context.Context) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.emulator.address["emulator"]+"/_emulator/executions", nil)
	if err != nil {
		return 0, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	var performed map[string]int
	err = json.NewDecoder(response.Body).Decode(&performed)
	return performed["GetItemPortion"], err
}

// awaitPortion waits until another portion of the catalogue is read: synchronisation is under way.
func (s *shop) awaitPortion(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	before, err := s.portions(ctx)
	if err != nil {
		return err
	}
	return s.await(ctx, func(ctx context.Context) (bool, error) {
		now, err := s.portions(ctx)
		return now > before, err
	})
}

// close ends both processes and removes what the storefront kept.
func (s *shop) close() error {
	var errs []error
	for _, p := range []*process{s.process, s.emulator} {
		if p != nil {
			errs = append(errs, p.stop())
		}
	}
	return errors.Join(append(errs, os.RemoveAll(filepath.Clean(s.dir)))...)
}

// found returns what a pattern's group matched in a page, each once, in its order.
func found(page, pattern string) []string {
	var all []string
	seen := map[string]bool{}
	for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(page, -1) {
		text := html.UnescapeString(match[1])
		if !seen[text] {
			seen[text] = true
			all = append(all, text)
		}
	}
	return all
}

func first[T any](list []T, n int) []T { return list[:min(n, len(list))] }
