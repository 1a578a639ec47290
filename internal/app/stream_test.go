package app_test

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
)

// While something loads, a page follows it by a stream of events: the region each time it changes, then a word that lists may
// be read again, then the end.
func TestProgressIsAStream(t *testing.T) {
	d := startDemo(t, "PORTAL_ITEMS=4000", "PORTAL_DELAY=400ms")
	v := d.signedIn(t, d.buyer())
	if v.read("/").Find(`[hx-sse\:connect="/freshness"]`).Length() != 1 {
		t.Fatal("the page does not follow what loads")
	}
	events := v.events("/freshness")
	var counts []string
	for i, e := range events {
		if last := i == len(events)-1; last != (e.name == "prices-ready") {
			t.Errorf("event %d of %d is %q", i+1, len(events), e.name)
		}
		_, rest, counted := strings.Cut(e.data, `class="load-count">`)
		if count, _, _ := strings.Cut(rest, "<"); counted {
			counts = append(counts, count)
		}
	}
	if len(counts) < 2 || counts[0] == counts[len(counts)-1] {
		t.Errorf("progress went %q", counts)
	}
	if v.read("/catalog").Find(`[hx-sse\:connect]`).Length() != 0 {
		t.Error("a page follows what has ended")
	}
}

// Whoever stops the shop does not wait for those who follow something.
func TestStreamsEndWithTheShop(t *testing.T) {
	d := startDemo(t)
	d.misbehave(fault{Operation: "GetItemPortion", Effect: "delay", Delay: "5m"})
	d.misbehave(fault{Operation: "GetRuntimeItemsPortion", Effect: "delay", Delay: "5m"})
	v := d.signedIn(t, d.buyer())
	response := v.open("/freshness")
	defer response.Body.Close()
	line, err := bufio.NewReader(response.Body).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "data: ") {
		t.Fatalf("the stream begins with %q, %v", line, err)
	}
	d.stop() // fails where it takes too long
}

// event is one event of a stream.
type event struct{ name, data string }

// open begins a request whose answer goes on.
func (v *visitor) open(path string) *http.Response {
	v.t.Helper()
	request, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, v.shop+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	request.Header.Set("Accept", "text/event-stream")
	response, err := v.http.Do(request)
	if err != nil {
		v.t.Fatal(err)
	}
	kind, cache := response.Header.Get("Content-Type"), response.Header.Get("Cache-Control")
	if response.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/event-stream") || cache != "private, no-store" {
		v.t.Fatalf("%s: %s, %s, %s", path, response.Status, kind, cache)
	}
	return response
}

// events reads a stream to its end.
func (v *visitor) events(path string) (list []event) {
	v.t.Helper()
	response := v.open(path)
	defer response.Body.Close()
	var e event
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		switch field, value, _ := strings.Cut(lines.Text(), ": "); field {
		case "event":
			e.name = value
		case "data":
			e.data += value + "\n"
		case "":
			list, e = append(list, e), event{}
		}
	}
	if err := lines.Err(); err != nil {
		v.t.Error(err)
	}
	return list
}
