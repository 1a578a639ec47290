package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// The targets.
const (
	leastOfMemory = 0.40      // of the rate of the same page rendered from memory
	leastOfSmall  = 0.85      // of the rate with the smaller catalogue
	mostOfIdle    = 1.5       // times the p99 of an idle storefront, during synchronisation
	mostOfCrowd   = 512 << 20 // bytes of a storefront with all buyers signed in
	calm          = 4         // the steady rate is this part of what the storefront can do
)

// measureAll runs the parts of a plan and prints what came of them.
func measureAll(ctx context.Context, p plan, out io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "storefront-load-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	c := findCores()
	if err := c.keepHere(ctx); err != nil {
		return err
	}
	r := &report{out: out, quick: p.quick}
	r.begin(c, p)
	for _, part := range []struct {
		name string
		run  func(context.Context, cores, plan, string, *report) error
	}{{"pages", measurePages}, {"sync", measureSync}, {"crowd", measureCrowd}} {
		if !p.has(part.name) {
			continue
		}
		if err := part.run(ctx, c, p, filepath.Join(dir, part.name), r); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return r.end()
}

// contender is something that is measured in turn with others.
type contender struct {
	name     string
	items    int
	visitors []*visitor
	pages    []ask
	process  *process
	samples  []sample
}

// measurePages compares the storefront's pages with two sizes of catalogue, with pages made in memory, and with the smallest
// answer the server has.
func measurePages(ctx context.Context, c cores, p plan, dir string, r *report) (err error) {
	var shops [2]*shop
	for i, items := range p.sizes {
		s, err := openShop(ctx, c, fmt.Sprintf("%s-%d", dir, items), items, p.buyers, p.levels)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.close()) }()
		if err := s.explore(ctx); err != nil {
			return err
		}
		shops[i] = s
	}
	memory, err := shops[0].openMemory(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, memory.stop()) }()
	if err := samePages(ctx, shops[0], memory); err != nil {
		return err
	}
	all := contenders(shops, memory)
	for range p.rounds {
		for _, one := range all {
			s, err := hurried(ctx, one.visitors, one.pages, p.each)
			if err != nil {
				return fmt.Errorf("%s, %d items: %w", one.name, one.items, err)
			}
			one.samples = append(one.samples, s)
		}
	}
	return r.pages(all)
}

// contenders lists what measurePages compares. Pages from memory are those of the first buyer; as many ask for them.
func contenders(shops [2]*shop, memory *process) []*contender {
	small := shops[0]
	elsewhere := func(prefix string) []*visitor {
		var all []*visitor
		for _, v := range small.visitors {
			all = append(all, newVisitor(v.login, memory.address["memory"]+prefix, slowest))
		}
		return all
	}
	all := []*contender{
		{name: pageHello, items: small.items, visitors: small.visitors, pages: small.pages[pageHello], process: small.process},
		{name: fromRendering, items: small.items, visitors: elsewhere("/rendered"), pages: small.pages[pageCatalogue], process: memory},
		{name: fromMemory, items: small.items, visitors: elsewhere("/made"), pages: small.pages[pageCatalogue], process: memory},
	}
	for _, name := range []string{pageCatalogue, pageSearch, pageItem, pageCart} {
		for _, s := range shops {
			all = append(all, &contender{name: name, items: s.items, visitors: s.visitors, pages: s.pages[name], process: s.process})
		}
	}
	return all
}

// The catalogue's page from memory: only rendered, and made from the query on.
const (
	fromRendering = "rendered from memory"
	fromMemory    = "made from memory"
)

// samePages sees to it that what is compared is the same: every page from memory is the storefront's to the byte, as it was
// compressed.
func samePages(ctx context.Context, s *shop, memory *process) error {
	real := s.visitors[0]
	for _, prefix := range []string{"/rendered", "/made"} {
		held := newVisitor(real.login, memory.address["memory"]+prefix, slowest)
		for _, what := range s.pages[pageCatalogue] {
			want, err := real.do(ctx, what, "gzip")
			if err != nil {
				return err
			}
			have, err := held.do(ctx, what, "gzip")
			if err != nil {
				return err
			}
			if err := same(want, have); err != nil {
				return fmt.Errorf("%s%s: %w", prefix, what.path, err)
			}
		}
	}
	return nil
}

var errDiffer = errors.New("the page from memory is not the storefront's")

// same tells how two answers differ.
func same(want, have answer) error {
	switch {
	case want.encoding != "gzip" || have.encoding != "gzip":
		return fmt.Errorf("%w: encodings %q and %q, not gzip", errDiffer, want.encoding, have.encoding)
	case !bytes.Equal(want.body, have.body):
		return fmt.Errorf("%w: %d and %d bytes; %s", errDiffer, len(want.body), len(have.body), parting(want.text(), have.text()))
	}
	return nil
}

// parting shows where two texts begin to differ.
func parting(a, b string) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	around := func(s string) string { return s[max(0, i-60):min(len(s), i+60)] }
	return fmt.Sprintf("%q, not %q", around(b), around(a))
}

// measureSync compares an idle storefront with one that synchronises its catalogue without a rest, in turn. Who is not
// measured is paused.
func measureSync(ctx context.Context, c cores, p plan, dir string, r *report) (err error) {
	var shops [2]*shop
	for i, name := range []string{"idle", "busy"} {
		s, err := openShop(ctx, c, dir+"-"+name, p.sizes[0], p.buyers, p.levels)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.close()) }()
		if err := s.explore(ctx); err != nil {
			return err
		}
		shops[i] = s
	}
	idle, busy := shops[0], shops[1]
	can, err := hurried(ctx, idle.visitors, idle.reading(), p.each)
	if err != nil {
		return err
	}
	if err := busy.restart(ctx, "-restless"); err != nil {
		return err
	}
	if err := busy.awaitPortion(ctx); err != nil {
		return err
	}
	for _, kind := range []struct {
		name  string
		pages func(*shop) []ask
	}{{"pages", (*shop).reading}, {pageCart, func(s *shop) []ask { return s.pages[pageCart] }}} {
		var samples [2][]sample
		read := 0
		for range p.rounds {
			for i, s := range shops {
				one, portions, err := s.alone(ctx, shops[1-i], kind.pages(s), syncShare*p.each, can.rate/calm)
				if err != nil {
					return err
				}
				samples[i] = append(samples[i], one)
				read += i * portions
			}
		}
		if read == 0 && !p.quick { // a short round may fall between two portions
			return errors.New("nothing was synchronised meanwhile")
		}
		if err := r.sync(kind.name, samples[0], samples[1], can.rate/calm, read); err != nil {
			return err
		}
	}
	return nil
}

// reading is a little of all pages that change nothing.
func (s *shop) reading() []ask {
	var all []ask
	for n := range perPage {
		for _, name := range []string{pageCatalogue, pageSearch, pageItem} {
			all = append(all, s.pages[name][n%len(s.pages[name])])
		}
	}
	return all
}

// alone measures a shop at a steady rate while another one is paused, and tells how many portions of the catalogue it read.
func (s *shop) alone(ctx context.Context, other *shop, pages []ask, d time.Duration, rate float64) (_ sample, portions int, err error) {
	if err := other.process.pause(); err != nil {
		return sample{}, 0, err
	}
	defer func() { err = errors.Join(err, other.process.resume()) }()
	before, err := s.portions(ctx)
	if err != nil {
		return sample{}, 0, err
	}
	one, err := steady(ctx, s.visitors, pages, d, rate)
	if err != nil {
		return sample{}, 0, err
	}
	after, err := s.portions(ctx)
	return one, after - before, err
}

// syncShare is how much longer than the others a round of measureSync takes: one synchronisation fits in.
const syncShare = 5

// measureCrowd signs many buyers in and tells what they take.
func measureCrowd(ctx context.Context, c cores, p plan, dir string, r *report) (err error) {
	s, err := openShop(ctx, c, dir, p.sizes[0], p.crowd, p.levels)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	for _, v := range s.visitors { // each has his list on screen, whoever was here before
		if is, err := v.priced(ctx); err != nil || !is {
			return errors.Join(err, fmt.Errorf("%s has lost his prices: %t", v.login, !is))
		}
	}
	now, peak, err := s.process.memoryUse()
	if err != nil {
		return err
	}
	return r.crowd(p, now, peak)
}
