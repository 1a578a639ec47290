package soap

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
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

// scrubber takes credentials out of what is written down. It belongs to one call, whose passwords it knows.
type scrubber struct {
	elements  *regexp.Regexp
	spellings []*regexp.Regexp // whole passwords
	begins    []*regexp.Regexp // beginnings of passwords, at the end of a text
	coded     [][]byte         // what passwords are coded as, for their beginnings
	wide      [][]byte         // in UTF-16, which no regular expression reads
	blind     bool             // a password is too long to be looked for: nothing is shown
}

// Scrub takes a password, in any spelling, out of a text that the service sent back.
func Scrub(text, password string) string {
	if password == "" {
		return text
	}
	return string(newScrubber(nil, password).cut([]byte(text)))
}

// newScrubber learns the password from the request itself; others may be known beside it.
func newScrubber(request []byte, others ...string) scrubber {
	s := scrubber{elements: regexp.MustCompile(credentialElement)}
	for _, password := range append(passwords(request), others...) {
		switch {
		case password == "":
		case utf8.RuneCountInString(password) > longest:
			s.blind = true
		default:
			s.learn(password)
		}
	}
	return s
}

func (s *scrubber) learn(password string) {
	runes := []rune(password)
	written := make([]string, len(runes))
	for i, r := range runes {
		written[i] = writings(r)
	}
	patterns := []string{strings.Join(written, "")}
	for _, code := range codes(password) {
		patterns = append(patterns, regexp.QuoteMeta(code))
		s.coded = append(s.coded, []byte(code))
	}
	whole := regexp.MustCompile("(?i:" + strings.Join(patterns, "|") + ")")
	whole.Longest()
	s.spellings = append(s.spellings, whole)
	s.begins = append(s.begins, regexp.MustCompile("(?i:"+beginning(written)+`)\z`))
	little, big := wideText(password)
	s.wide = append(s.wide, little, big)
}

// longest is how long a password may be, in characters, to be looked for: regular expressions nest no deeper.
const longest = 150

// halved matches a character's escape that is cut off.
const halved = `&[#a-z0-9;]*|%[0-9a-f]*|\\+(?:u[0-9a-f]*)?`

// beginning matches the first characters, as many as there are, and a last one that is not all there.
func beginning(written []string) string {
	pattern := "(?:" + halved + ")?"
	for i := len(written) - 1; i > 0; i-- {
		pattern = "(?:" + written[i] + pattern + "|" + halved + ")?"
	}
	return written[0] + pattern
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
	if s.blind && len(text) > 0 {
		return []byte(redacted)
	}
	text = s.elements.ReplaceAll(text, []byte("${1}"+redacted+"${2}"))
	for _, spelled := range s.spellings {
		text = spelled.ReplaceAll(text, []byte(redacted))
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

// begun counts the bytes at the end of a text that a password, in some spelling, begins with.
func (s scrubber) begun(text []byte) (most int) {
	for _, begin := range s.begins {
		if at := begin.FindIndex(text); at != nil {
			most = max(most, at[1]-at[0])
		}
	}
	for _, spelled := range slices.Concat(s.coded, s.wide) {
		for n := min(len(spelled)-1, len(text)); n > most; n-- {
			if bytes.EqualFold(text[len(text)-n:], spelled[:n]) {
				most = n
			}
		}
	}
	return most
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

// writings matches a character in every way it is written in texts: as it is, and escaped for XML however many times, for URLs
// and for JSON. Upper and lower case are not told apart.
func writings(r rune) string {
	forms := []string{
		regexp.QuoteMeta(string(r)), fmt.Sprintf(`&(?:amp;)*#0*%d;`, r), fmt.Sprintf(`&(?:amp;)*#x0*%x;`, r),
		eachByte(string(r), "%%(?:25)*%02x"), inJSON(r),
	}
	switch r {
	case '&':
		forms = append(forms, `&(?:amp;)+`)
	case '<':
		forms = append(forms, `&(?:amp;)*lt;`)
	case '>':
		forms = append(forms, `&(?:amp;)*gt;`)
	case '"':
		forms = append(forms, `&(?:amp;)*quot;`, `\\+"`)
	case '\'':
		forms = append(forms, `&(?:amp;)*apos;`, `\\+'`)
	case '\\', '/':
		forms = append(forms, `\\+`+regexp.QuoteMeta(string(r)))
	case ' ':
		forms = append(forms, `\+`)
	}
	return "(?:" + strings.Join(forms, "|") + ")"
}

func inJSON(r rune) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune{r}) {
		fmt.Fprintf(&b, `\\+u%04x`, u)
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

// codes lists what a text is coded as: hexadecimal digits, and base64 at each of the three places in a longer text.
func codes(s string) []string { return append(inBase64(s), eachByte(s, "%02x")) }

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
