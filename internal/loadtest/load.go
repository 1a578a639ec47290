package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// sample is how one thing went in one round.
type sample struct {
	rate     float64 // answers a second
	p50, p99 time.Duration
	took     []time.Duration // ascending
}

// times are what requests took, gathered by several visitors.
type times struct {
	mu   sync.Mutex
	took []time.Duration
	err  error
}

func (t *times) add(took []time.Duration, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.took = append(t.took, took...)
	if t.err == nil {
		t.err = err
	}
}

func (t *times) sample(elapsed time.Duration) (sample, error) {
	if t.err != nil {
		return sample{}, t.err
	}
	if len(t.took) == 0 {
		return sample{}, fmt.Errorf("no answer within %s", elapsed)
	}
	slices.Sort(t.took)
	return sample{rate: float64(len(t.took)) / elapsed.Seconds(), p50: percentile(t.took, 50), p99: percentile(t.took, 99), took: t.took}, nil
}

// percentile of sorted durations: the smallest that is not below so many percent of them.
func percentile(sorted []time.Duration, percent int) time.Duration {
	return sorted[(len(sorted)*percent+99)/100-1]
}

// hurried lets visitors ask for pages in turn, each as soon as the last one has come, for a time.
func hurried(ctx context.Context, visitors []*visitor, pages []ask, d time.Duration) (sample, error) {
	var t times
	var all sync.WaitGroup
	began := time.Now()
	for i, v := range visitors {
		all.Go(func() {
			var took []time.Duration
			var err error
			for n := i; err == nil && (n == i || time.Since(began) < d); n++ {
				asked := time.Now()
				_, err = v.do(ctx, pages[n%len(pages)], "gzip")
				took = append(took, time.Since(asked))
			}
			t.add(took, err)
		})
	}
	all.Wait()
	return t.sample(time.Since(began))
}

// steady lets visitors ask for pages in turn at a common rate, whether the storefront keeps up or not. What a request took
// counts from when it was due: one that had to wait for the one before is late.
func steady(ctx context.Context, visitors []*visitor, pages []ask, d time.Duration, rate float64) (sample, error) {
	var t times
	var all sync.WaitGroup
	began := time.Now()
	period := time.Duration(float64(time.Second) * float64(len(visitors)) / rate)
	for i, v := range visitors {
		all.Go(func() {
			var took []time.Duration
			var err error
			due := began.Add(period * time.Duration(i) / time.Duration(len(visitors)))
			for n := i; err == nil && due.Before(began.Add(d)); n++ {
				if err = until(ctx, due); err == nil {
					_, err = v.do(ctx, pages[n%len(pages)], "gzip")
					took = append(took, time.Since(due))
				}
				due = due.Add(period)
			}
			t.add(took, err)
		})
	}
	all.Wait()
	return t.sample(time.Since(began))
}

// until waits for a moment, or returns why ctx ended.
func until(ctx context.Context, due time.Time) error {
	timer := time.NewTimer(time.Until(due))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// median of samples, each figure for itself.
func median(samples []sample) sample {
	return sample{
		rate: middle(samples, func(s sample) float64 { return s.rate }),
		p50:  time.Duration(middle(samples, func(s sample) float64 { return float64(s.p50) })),
		p99:  time.Duration(middle(samples, func(s sample) float64 { return float64(s.p99) })),
	}
}

// together is all rounds as one: a single round has too few requests for the slowest hundredth of them to mean much.
func together(samples []sample) sample {
	var all sample
	for _, s := range samples {
		all.took = append(all.took, s.took...)
		all.rate += s.rate / float64(len(samples))
	}
	slices.Sort(all.took)
	all.p50, all.p99 = percentile(all.took, 50), percentile(all.took, 99)
	return all
}

func middle[T any](all []T, figure func(T) float64) float64 {
	figures := make([]float64, len(all))
	for i, one := range all {
		figures[i] = figure(one)
	}
	slices.Sort(figures)
	if n := len(figures); n%2 == 0 {
		return (figures[n/2-1] + figures[n/2]) / 2
	}
	return figures[len(figures)/2]
}

// ratio is the median of the rounds' ratios: what slows the machine down slows both in the same round.
func ratio(over, under []sample, figure func(sample) float64) float64 {
	ratios := make([]float64, len(over))
	for i := range over {
		ratios[i] = figure(over[i]) / figure(under[i])
	}
	return middle(ratios, func(r float64) float64 { return r })
}

func byRate(s sample) float64 { return s.rate }
func byP99(s sample) float64  { return float64(s.p99) }
