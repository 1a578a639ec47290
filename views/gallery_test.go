//go:build gallery

package views_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

var gallery = flag.String("gallery", "", "write every page in every state and language into this folder, to look at")

// The pages that the other tests compare by their text can be looked at:
//
//	go test -tags gallery -run Gallery ./views -gallery DIR
func TestGallery(t *testing.T) {
	for _, lang := range []string{"ru", "en"} {
		for _, p := range slices.Concat(browsingPages(), orderingPages(), fragments()) {
			ctx := inLanguage(t, lang)
			name := filepath.Join(*gallery, p.name+"."+lang+".html")
			if err := os.WriteFile(name, []byte(render(t, ctx, p.make(ctx))), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
