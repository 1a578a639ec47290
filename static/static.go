// Package static holds what browsers load beside pages: style sheet, script, fonts, icon, and third parties' scripts, pinned
// by checksum. Addresses carry a hash of the content, so that answers may be kept for ever.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed app.css app.js icon.svg fonts/*.woff2 thirdparty/*.js
var embedded embed.FS

// Prefix is where the assets are served.
const Prefix = "/static/"

// hashLength is how much of the hash addresses carry: 48 bits tell versions apart.
const hashLength = 12

// files is what is served: read, hashed and compressed once.
var files = sync.OnceValue(load)

// asset is a file ready to be served.
type asset struct {
	body, gzip  []byte // gzip is nil where it would not help
	contentType string
}

type tree struct {
	hash   string
	assets map[string]asset
}

// URL returns the address of an asset. The hash in it is of all the assets together, so that the style sheet's relative
// links to fonts carry it too. An unknown name panics: it is a mistake in a template, and every template is rendered by tests.
func URL(name string) string {
	t := files()
	if _, ok := t.assets[name]; !ok {
		panic("static: no asset " + name)
	}
	return Prefix + t.hash + "/" + name
}

// Names lists the assets.
func Names() []string {
	var names []string
	for name := range files().assets {
		names = append(names, name)
	}
	return names
}

// Handler serves the addresses that URL makes, immutable and compressed; any other is not found, so that an old page's
// address never gets a new file under a hash it does not have.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := files()
		hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Prefix), "/")
		a, ok := t.assets[name]
		if !ok || hash != t.hash {
			http.NotFound(w, r)
			return
		}
		a.serve(w, r)
	})
}

func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	body := a.body
	if a.gzip != nil {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
			body = a.gzip
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the reader has gone: nothing to be done
	}
}

// acceptsGzip reads Accept-Encoding as far as is needed: gzip is there and not forbidden by a zero weight.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			continue
		}
		q, found := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
		return !found || strings.Trim(q, "0.") != ""
	}
	return false
}

func load() tree {
	t := tree{assets: map[string]asset{}}
	sum := sha256.New()
	err := fs.WalkDir(embedded, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := embedded.ReadFile(name)
		if err != nil {
			return err
		}
		sum.Write([]byte(name + "\x00" + strconv.Itoa(len(body)) + "\x00"))
		sum.Write(body)
		t.assets[name] = newAsset(name, body)
		return nil
	})
	if err != nil {
		panic("static: " + err.Error()) // embedded files are always readable
	}
	t.hash = hex.EncodeToString(sum.Sum(nil))[:hashLength]
	return t
}

func newAsset(name string, body []byte) asset {
	a := asset{body: body}
	switch path.Ext(name) {
	case ".css":
		a.contentType = "text/css; charset=utf-8"
	case ".js":
		a.contentType = "text/javascript; charset=utf-8"
	case ".svg":
		a.contentType = "image/svg+xml"
	case ".woff2": // compressed already
		a.contentType = "font/woff2"
		return a
	}
	a.gzip = compress(body)
	return a
}

func compress(body []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // fails on an unknown level only
	_, _ = w.Write(body)                                  // a buffer takes everything
	_ = w.Close()
	if b.Len() >= len(body) {
		return nil
	}
	return b.Bytes()
}
