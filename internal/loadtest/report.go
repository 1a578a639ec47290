package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// report prints figures as they come and, at the end, what they mean.
type report struct {
	out     io.Writer
	quick   bool
	targets []target
}

// target is a promise and what came of it.
type target struct {
	what  string
	got   float64
	bound float64
	least bool // the bound is the least that keeps the promise, not the most
}

func (t target) met() bool {
	if t.least {
		return t.got >= t.bound
	}
	return t.got <= t.bound
}

func (t target) String() string {
	sign, verdict := "at most", "met"
	if t.least {
		sign = "at least"
	}
	if !t.met() {
		verdict = "NOT MET"
	}
	return fmt.Sprintf("%s: %.2f, %s %.2f: %s", t.what, t.got, sign, t.bound, verdict)
}

func (r *report) begin(c cores, p plan) {
	fmt.Fprintf(r.out, "%s\n%d buyers at a time, medians of %d rounds\n\n", c, p.buyers, p.rounds)
}

// pages prints what measurePages found.
func (r *report) pages(all []*contender) error {
	table := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "page\titems\treq/s\tp50 ms\tp99 ms\tRSS MB")
	for _, one := range all {
		s := median(one.samples)
		now, _, err := one.process.memoryUse()
		if err != nil {
			return err
		}
		fmt.Fprintf(table, "%s\t%d\t%.0f\t%s\t%s\t%d\n", one.name, one.items, s.rate, milliseconds(s.p50), milliseconds(s.p99), now>>20)
	}
	r.judge(all)
	fmt.Fprintln(table)
	return table.Flush()
}

// judge compares the catalogue's page with those from memory, and each page with itself at the other size.
func (r *report) judge(all []*contender) {
	page := func(name string) int { return slices.IndexFunc(all, func(c *contender) bool { return c.name == name }) }
	real := all[page(pageCatalogue)].samples
	for _, name := range []string{fromRendering, fromMemory} {
		r.targets = append(r.targets, target{
			what: "the catalogue's page over the same page, " + name, least: true, bound: leastOfMemory,
			got: ratio(real, all[page(name)].samples, byRate),
		})
	}
	for _, name := range []string{pageCatalogue, pageSearch, pageItem, pageCart} {
		small, big := all[page(name)], all[page(name)+1]
		r.targets = append(r.targets, target{
			what: fmt.Sprintf("%s, rate at %d items over rate at %d", name, big.items, small.items), least: true, bound: leastOfSmall,
			got: ratio(big.samples, small.samples, byRate),
		})
	}
}

// sync prints what measureSync found.
func (r *report) sync(name string, idle, busy []sample, rate float64, portions int) error {
	a, b := together(idle), together(busy)
	r.targets = append(r.targets, target{
		what: name + ", p99 during full synchronisation over p99 of an idle storefront, median of rounds", bound: mostOfIdle,
		got: ratio(busy, idle, byP99),
	})
	_, err := fmt.Fprintf(r.out, "%s at a steady %.0f req/s, %d requests each: idle p50 %s, p99 %s ms; synchronising p50 %s, p99 %s ms; %d portions read meanwhile; p99 by round:",
		name, rate, len(a.took), milliseconds(a.p50), milliseconds(a.p99), milliseconds(b.p50), milliseconds(b.p99), portions)
	for i := range idle {
		_, failed := fmt.Fprintf(r.out, " %s/%s", milliseconds(busy[i].p99), milliseconds(idle[i].p99))
		err = errors.Join(err, failed)
	}
	_, failed := fmt.Fprint(r.out, "\n\n")
	return errors.Join(err, failed)
}

// crowd prints what measureCrowd found.
func (r *report) crowd(p plan, now, peak int64) error {
	r.targets = append(r.targets, target{
		what: fmt.Sprintf("RSS in MB with %d buyers on %d lists of %d items", p.crowd, p.levels, p.sizes[0]), got: float64(now >> 20), bound: mostOfCrowd >> 20,
	})
	_, err := fmt.Fprintf(r.out, "%d buyers signed in, %d lists: RSS %d MB, at most %d MB since the start\n\n", p.crowd, p.levels, now>>20, peak>>20)
	return err
}

// end says which targets are met. Short runs are no judges of speed.
func (r *report) end() error {
	if r.quick {
		_, err := fmt.Fprintln(r.out, "a quick run: everything ran, compared pages are equal; its figures mean nothing")
		return err
	}
	for _, t := range r.targets {
		if _, err := fmt.Fprintln(r.out, t); err != nil {
			return err
		}
	}
	return nil
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f", float64(d)/float64(time.Millisecond))
}
