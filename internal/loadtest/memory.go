package main

import (
	"bytes"
	"context"
	"flag"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/i18n"
	"storefront/internal/money"
	"storefront/internal/search"
	"storefront/store/cache"
	"storefront/views"
)

// memory makes a buyer's catalogue pages of values it holds: no database, no session, no other buyer. Its pages are the
// storefront's to the byte, which the run checks before it measures.
//
//	/made/…       search, values and markup are made for each request
//	/rendered/…   values were made once; each request renders and compresses them
type memory struct {
	ctx   context.Context // language and currency of the pages
	login string
	items map[catalog.ItemID]catalog.Item
	view  *search.View
	rate  money.Rate
	cart  map[catalog.ItemID]decimal.Decimal
	now   func() time.Time

	buffers, zippers sync.Pool
	mu               sync.Mutex
	ready            map[string]values // by address
}

// values is what a page is rendered from.
type values struct {
	frame views.Frame
	page  views.Catalog
}

// playMemory reads a storefront's cache into memory and answers pages of one buyer of it.
func playMemory(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("memory", flag.ContinueOnError)
	dir, who, cart := flags.String("dir", "", ""), flags.String("buyer", "", ""), flags.String("cart", "", "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	m := &memory{login: *who, now: time.Now, ready: map[string]values{}, cart: parseCart(*cart)}
	m.buffers.New = func() any { return new(bytes.Buffer) }
	m.zippers.New = func() any {
		z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // as the storefront compresses; BestSpeed is a valid level
		return z
	}
	messages, err := i18n.Load()
	if err != nil {
		return err
	}
	m.ctx = i18n.With(money.WithUnits(ctx, money.USD), messages.Printer("ru"))
	if err := m.load(ctx, filepath.Join(*dir, "data", "cache.db")); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /made/", func(w http.ResponseWriter, r *http.Request) { m.answer(w, m.make(address(r, "/made"))) })
	mux.HandleFunc("GET /rendered/", func(w http.ResponseWriter, r *http.Request) { m.answer(w, m.made(address(r, "/rendered"))) })
	return serve(ctx, out, "memory", mux)
}

// parseCart reads «id=3,id=1».
func parseCart(text string) map[catalog.ItemID]decimal.Decimal {
	cart := map[catalog.ItemID]decimal.Decimal{}
	for line := range strings.SplitSeq(text, ",") {
		id, quantity, _ := strings.Cut(line, "=")
		if n, err := decimal.NewFromString(quantity); err == nil {
			cart[catalog.ItemID(id)] = n
		}
	}
	return cart
}

// load reads everything once; the file is closed before the first page.
func (m *memory) load(ctx context.Context, file string) error {
	kept, err := cache.Open(ctx, file, m.now)
	if err != nil {
		return err
	}
	defer kept.Close()
	corpus := search.Corpus{}
	if corpus.Categories, err = kept.Categories(ctx); err != nil {
		return err
	}
	m.items = map[catalog.ItemID]catalog.Item{}
	err = kept.EachItem(ctx, func(item catalog.Item) error {
		corpus.Items, m.items[item.ID] = append(corpus.Items, item), item
		return nil
	})
	if err != nil {
		return err
	}
	if m.rate, err = kept.Rate(ctx); err != nil {
		return err
	}
	chunks, complete, err := kept.Prices(ctx, buyer.ID(m.login))
	if err != nil {
		return err
	}
	engine := search.NewEngine(search.Options{})
	engine.Publish(search.Build(corpus))
	engine.Replace(buyer.ID(m.login), search.NewPriceList(chunks, complete))
	m.view, err = engine.View(ctx, buyer.ID(m.login))
	return err
}

// address is a request's own, as the storefront would be asked.
func address(r *http.Request, prefix string) string {
	return strings.TrimPrefix(r.URL.RequestURI(), prefix)
}

// made returns a page's values, made at its first request.
func (m *memory) made(address string) values {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, known := m.ready[address]
	if !known {
		v = m.make(address)
		m.ready[address] = v
	}
	return v
}

// make does what the storefront does for a list, from memory.
func (m *memory) make(address string) values {
	q := parseList(address)
	found := m.view.Search(q)
	items := make([]catalog.Item, len(found.IDs))
	for i, id := range found.IDs {
		items[i] = m.items[id]
	}
	page := views.NewCatalog(m.ctx, views.CatalogSource{
		Query: q, Result: found, Items: items, Tree: m.view.Tree(),
		Shelf: views.Shelf{Offer: m.view.Offer, InCart: m.cart, Rate: m.rate, Now: m.now()},
	})
	fresh := views.FreshnessSource{PricesAt: m.view.ReadAt(found.IDs...), Now: m.now()}
	return values{page: page, frame: views.Frame{
		Title: page.Heading, Path: address, Section: views.SectionCatalog, Login: m.login, Right: buyer.RightNone, Cart: m.badge(),
		Rate: views.NewRateNote(m.ctx, m.rate, m.now()), Fresh: views.NewFreshness(m.ctx, fresh),
	}}
}

func (m *memory) badge() views.CartBadge {
	total := decimal.Zero
	for id, quantity := range m.cart {
		if offer, _, known := m.view.Offer(id); known && offer.Orderable() {
			total = total.Add(offer.Price.Mul(quantity))
		}
	}
	return views.NewCartBadge(m.ctx, len(m.cart), &total)
}

// answer renders a page into a buffer, compresses it and writes it at once, as the storefront does.
func (m *memory) answer(w http.ResponseWriter, v values) {
	body, zipped := m.buffers.Get().(*bytes.Buffer), m.buffers.Get().(*bytes.Buffer)
	z := m.zippers.Get().(*gzip.Writer)
	defer func() {
		body.Reset()
		zipped.Reset()
		m.buffers.Put(body)
		m.buffers.Put(zipped)
		m.zippers.Put(z)
	}()
	z.Reset(zipped)
	err := views.CatalogPage(v.frame, v.page).Render(m.ctx, body)
	if err == nil {
		_, err = z.Write(body.Bytes())
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Encoding", "gzip")
	w.Header().Set("Content-Length", strconv.Itoa(zipped.Len()))
	_, _ = w.Write(zipped.Bytes()) // the load has gone: nobody to tell
}

// parseList reads the query of a list's address.
func parseList(address string) search.Query {
	path, query, _ := strings.Cut(address, "?")
	request, err := http.NewRequest(http.MethodGet, path+"?"+query, nil)
	if err != nil {
		return search.Query{}
	}
	category := strings.Trim(strings.TrimPrefix(request.URL.Path, "/catalog"), "/")
	return views.ParseList(catalog.CategoryID(category), request.URL.Query())
}
