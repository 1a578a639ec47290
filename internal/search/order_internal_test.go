package search

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestSelectRangeIsASlackSort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 3000).Draw(t, "n")
		step := rapid.Uint64Range(1, 1<<40).Draw(t, "step") | 1
		keys := make([]uint64, n)
		for i := range keys {
			keys[i] = uint64(i) * step % 4096 // in waves, with repetitions
		}
		from := rapid.IntRange(0, n).Draw(t, "from")
		to := rapid.IntRange(from, min(n, from+100)).Draw(t, "to")
		want := slices.Sorted(slices.Values(keys))[from:to]
		if got := selectRange(keys, from, to); !slices.Equal(got, want) {
			t.Fatalf("keys[%d:%d] of %d are %v, want %v", from, to, n, got, want)
		}
	})
}

// Keys that are in order already, or all the same, must not cost more than a sort.
func TestSelectRangeEnds(t *testing.T) {
	for name, key := range map[string]func(int) uint64{"ascending": func(i int) uint64 { return uint64(i) }, "descending": func(i int) uint64 { return uint64(100_000 - i) }, "equal": func(int) uint64 { return 7 }} {
		keys := make([]uint64, 100_000)
		for i := range keys {
			keys[i] = key(i)
		}
		if got := selectRange(keys, 50_000, 50_050); !slices.IsSorted(got) || len(got) != 50 {
			t.Errorf("%s: %v", name, got)
		}
	}
}
