package emulator

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// documentName is what documents are called: kind, order, page.
var documentName = regexp.MustCompile(`^(upd|ukd)-(\d{8})-(\d)\.pdf$`)

// serveDocument answers a sample УПД or УКД of a shipped order as a small PDF. The service's links need no login either.
func (s *Server) serveDocument(w http.ResponseWriter, r *http.Request) {
	name := documentName.FindStringSubmatch(r.PathValue("name"))
	if name == nil {
		http.NotFound(w, r)
		return
	}
	now := s.clock.Now()
	found := s.book.snapshot(func(o *order) bool {
		return o.id() == name[2] && o.status(now) == statusShipped && (o.Type == typeReturn) == (name[1] == "ukd")
	})
	if len(found) == 0 {
		http.NotFound(w, r)
		return
	}
	body := documentPDF(&found[0], name[1], name[3])
	w.Header().Set("Content-Type", "application/pdf")
	http.ServeContent(w, r, "", found[0].shippedAt().Truncate(time.Second), bytes.NewReader(body))
}

// documentPDF writes one page in a font that every reader has. Such fonts have no Cyrillic, so the sample is worded in Latin
// letters.
func documentPDF(o *order, kind, part string) []byte {
	title := map[string]string{"upd": "UPD, universal transfer document", "ukd": "UKD, universal correction document"}[kind]
	lines := []string{
		title + ", sample, part " + part,
		"Order " + o.id() + " of " + o.CreatedAt.In(moscow()).Format("02.01.2006"),
		"Shipped " + o.shippedAt().In(moscow()).Format("02.01.2006 15:04"),
		"Total " + o.sum().StringFixed(2) + " " + o.Currency,
		"",
	}
	for i, l := range o.Lines {
		lines = append(lines, fmt.Sprintf("%3d. %-16s %6d x %12s = %14s", i+1, l.ItemID, l.Quantity, l.UnitPrice.StringFixed(2), l.total().StringFixed(2)))
	}
	var text strings.Builder
	text.WriteString("BT /F1 10 Tf 14 TL 50 790 Td\n")
	for _, line := range lines {
		text.WriteString("(" + pdfText(line) + ") Tj T*\n")
	}
	text.WriteString("ET")
	return pdf(
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", text.Len(), text.String()),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
	)
}

// pdfText escapes text for a content stream and leaves out what the font does not have.
func pdfText(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`\()`, r) {
			return '?'
		}
		return r
	}, text)
}

// pdf wraps objects, numbered from 1 and the catalog first, in a file with its table of offsets.
func pdf(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	offsets := make([]int, len(objects))
	for i, object := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return b.Bytes()
}
