//go:build linux && !race

package portal_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"storefront/internal/soap"
	"storefront/internal/vtt/portal"
)

// rowsToRead tells a child process how many items to read.
const rowsToRead = "PORTAL_TEST_ROWS"

const megabyte = 1 << 20

// A catalogue is read in memory that does not depend on its size. Children of this process read a small, a large and an empty
// one, which are made while they are read, and tell the most memory that they ever took.
func TestACatalogueIsReadInBoundedMemory(t *testing.T) {
	if rows, ok := os.LookupEnv(rowsToRead); ok {
		readInChild(t, rows)
		return
	}
	const few, many = 20_000, 100_000
	idle, small, large := peakOf(t, 0), peakOf(t, few), peakOf(t, many)
	t.Logf("peak of an idle child %.1f MB, with %d items %.1f MB, with %d items %.1f MB",
		idle/megabyte, few, small/megabyte, many, large/megabyte)
	if large-idle > 64*megabyte {
		t.Errorf("%d items took %.1f MB more than none", many, (large-idle)/megabyte)
	}
	if large-small > 6*megabyte {
		t.Errorf("%d items took %.1f MB more than %d", many, (large-small)/megabyte, few)
	}
}

// peakOf reads rows items in a child process and returns its peak memory in bytes.
func peakOf(t *testing.T, rows int) float64 {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	child.Env = append(os.Environ(), rowsToRead+"="+strconv.Itoa(rows))
	out, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	read := regexp.MustCompile(`read (\d+) rows, peak (\d+) kB`).FindStringSubmatch(string(out))
	if read == nil || read[1] != strconv.Itoa(rows) {
		t.Fatalf("a child that should read %d rows said %s", rows, out)
	}
	peak, err := strconv.Atoi(read[2])
	if err != nil || peak == 0 {
		t.Fatalf("a peak of %q", read[2])
	}
	return float64(peak) * 1024
}

// readInChild is what a child does.
func readInChild(t *testing.T, rows string) {
	n, err := strconv.Atoi(rows)
	if err != nil {
		t.Fatal(err)
	}
	client := portal.NewClient(soap.RoundTripFunc(func(_ context.Context, call *soap.Call) error {
		return soap.ReadAnswer(newCatalogue(n), 200, 256<<20, call.Answer, call.Read)
	}), portal.DefaultContract())
	decode(t, client, n)
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	peak := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if peak == nil {
		t.Fatalf("no peak in %s", status)
	}
	fmt.Printf("read %d rows, peak %s kB\n", n, peak[1])
}

// catalogueStream is an answer to GetItems that is made while it is read.
type catalogueStream struct {
	bytes.Buffer
	next, rows int
	tail       string
}

func newCatalogue(rows int) *catalogueStream {
	head, tail, _ := strings.Cut(string(items("|")), "|")
	c := &catalogueStream{rows: rows, tail: tail}
	c.WriteString(head)
	return c
}

func (c *catalogueStream) Read(p []byte) (int, error) {
	if c.Len() > 0 {
		return c.Buffer.Read(p)
	}
	switch {
	case c.next < c.rows:
		catalogueRow(&c.Buffer, c.next)
	case c.next == c.rows:
		c.WriteString(c.tail)
	default:
		return 0, io.EOF
	}
	c.next++
	return c.Buffer.Read(p)
}
