package soap

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"storefront/internal/secret"
)

const redacted = secret.Redacted

// credentialElement matches an element named login or password, under any prefix and in any case, up to its end or, where it
// is cut off, to the end of all.
const credentialElement = `(?is)(<(?:[^\s<>/:]+:)?(?:login|password)(?:\s[^>]*)?>).*?(</(?:[^\s<>/:]+:)?(?:login|password)\s*>|\z)`

// scrubber takes credentials out of what is written down. It belongs to one call, whose password it knows.
type scrubber struct {
	elements  *regexp.Regexp
	spellings *regexp.Regexp // nil where the call has no password
	known     [][]byte       // what spellings matches, and the wide ones that are no UTF-8
	wide      [][]byte
}

// newScrubber learns the password from the request itself.
func newScrubber(request []byte) scrubber {
	s := scrubber{elements: regexp.MustCompile(credentialElement)}
	var patterns []string
	for _, password := range passwords(request) {
		if password == "" {
			continue
		}
		for _, spelled := range spell(password) {
			patterns = append(patterns, regexp.QuoteMeta(spelled))
			s.known = append(s.known, []byte(spelled))
		}
		little, big := wideText(password)
		s.wide = append(s.wide, little, big)
	}
	if len(patterns) > 0 {
		s.spellings = regexp.MustCompile("(?i:" + strings.Join(patterns, "|") + ")")
		s.spellings.Longest()
	}
	s.known = append(s.known, s.wide...)
	return s
}

// clean returns the text without credentials.
func (s scrubber) clean(text []byte) []byte { return legible(s.cut(text)) }

// cleanCut is clean for a text that may be cut off: an end that may be the beginning of a password goes too.
func (s scrubber) cleanCut(text []byte) []byte {
	text = s.cut(text)
	if n := s.begun(text); n > 0 {
		text = append(bytes.Clone(text[:len(text)-n]), redacted...)
	}
	return legible(text)
}

func (s scrubber) cut(text []byte) []byte {
	text = s.elements.ReplaceAll(text, []byte("${1}"+redacted+"${2}"))
	if s.spellings != nil {
		text = s.spellings.ReplaceAll(text, []byte(redacted))
	}
	for _, w := range s.wide {
		text = bytes.ReplaceAll(text, w, []byte(redacted))
	}
	return text
}

// legible replaces what is no text: whatever else is packed in it can't be unpacked any more.
func legible(text []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\r' && r != '\n' {
			return utf8.RuneError
		}
		return r
	}, text) // Map itself replaces bytes that are no UTF-8
}

// begun counts the bytes at the end of a text that a spelling of the password begins with.
func (s scrubber) begun(text []byte) (longest int) {
	for _, spelled := range s.known {
		for n := min(len(spelled)-1, len(text)); n > longest; n-- {
			if bytes.EqualFold(text[len(text)-n:], spelled[:n]) {
				longest = n
			}
		}
	}
	return longest
}

// passwords reads the password elements of a request, which we wrote ourselves.
func passwords(request []byte) (found []string) {
	d := xml.NewDecoder(bytes.NewReader(request))
	for {
		token, err := d.Token()
		if err != nil { // the end
			return found
		}
		start, ok := token.(xml.StartElement)
		if !ok || !strings.EqualFold(start.Name.Local, "password") {
			continue
		}
		var password string
		if d.DecodeElement(&password, &start) == nil {
			found = append(found, password)
		}
	}
}

// spell lists the ways a text is written down in texts: as it is, escaped for XML (once or twice), URLs and JSON, in hexadecimal
// digits, and in base64 at each of the three places in a longer text. Upper and lower case are not told apart when these are sought.
func spell(s string) []string {
	all := []string{
		s, eachRune(s, "&#%d;"), eachRune(s, "&#x%x;"), inJSON(s),
		url.QueryEscape(s), url.PathEscape(s), eachByte(s, "%%%02x"), hex.EncodeToString([]byte(s)),
	}
	all = append(all, inXML(s)...)
	for _, spelled := range all[1:] { // as a text within a text, a page within a fault
		all = append(all, inXML(spelled)...)
	}
	all = append(all, inBase64(s)...)
	slices.Sort(all)
	return slices.Compact(all)
}

// inXML escapes a text in the ways that writers of XML and HTML have.
func inXML(s string) []string {
	var full bytes.Buffer
	_ = xml.EscapeText(&full, []byte(s)) // to memory
	least := strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(s)
	between := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
	return []string{
		full.String(), html.EscapeString(s), least, between,
		strings.ReplaceAll(between, `"`, "&quot;"), strings.NewReplacer(`"`, "&quot;", "'", "&apos;").Replace(between),
	}
}

func eachRune(s, format string) string {
	var b strings.Builder
	for _, r := range s {
		fmt.Fprintf(&b, format, r)
	}
	return b.String()
}

func eachByte(s, format string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, format, c)
	}
	return b.String()
}

// inJSON writes everything beyond ASCII, and what markup is made of, as \uXXXX.
func inJSON(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		switch {
		case u == '"' || u == '\\':
			b.WriteByte('\\')
			b.WriteByte(byte(u))
		case u < 0x20 || u > 0x7e || strings.ContainsRune("<>&'", rune(u)):
			fmt.Fprintf(&b, `\u%04x`, u)
		default:
			b.WriteByte(byte(u))
		}
	}
	return b.String()
}

// inBase64 spells the text as part of a longer one: what stands before shifts it, and its ragged ends depend on the neighbours.
func inBase64(s string) (all []string) {
	for shift := range 3 {
		from, to := (shift*8+5)/6, (shift+len(s))*8/6
		if to-from < 3 { // too little to know it by
			continue
		}
		shifted := append(make([]byte, shift), s...)
		all = append(all, base64.StdEncoding.EncodeToString(shifted)[from:to], base64.URLEncoding.EncodeToString(shifted)[from:to])
	}
	return all
}

func wideText(s string) (little, big []byte) {
	for _, u := range utf16.Encode([]rune(s)) {
		little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
	}
	return little, big
}
