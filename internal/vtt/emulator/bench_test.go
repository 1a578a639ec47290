package emulator_test

import (
	"testing"

	"storefront/internal/vtt/emulator"
)

// BenchmarkNew makes the whole catalogue and its history of orders: the start of a demo.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		server, err := emulator.New(emulator.Options{})
		if err != nil {
			b.Fatal(err)
		}
		_ = server.Close()
	}
}

// The most that is made at once: all but the last step of a season, by somebody who looks after any time.
func BenchmarkMarketSeason(b *testing.B) {
	server, err := emulator.New(emulator.Options{Moving: true})
	if err != nil {
		b.Fatal(err)
	}
	const season = 30 * 48
	if err := server.MoveMarket(season - 1); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := server.MoveMarket(season); err != nil {
			b.Fatal(err)
		}
	}
}

// A year that passes at once.
func BenchmarkMarketYear(b *testing.B) {
	server, err := emulator.New(emulator.Options{Moving: true})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := server.MoveMarket(365 * 48); err != nil {
			b.Fatal(err)
		}
	}
}
