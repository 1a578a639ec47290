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
