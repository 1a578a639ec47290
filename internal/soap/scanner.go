package soap

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// kind tells the tokens apart.
type kind uint8

const (
	startTag kind = iota
	endTag
	charData
	aside // nothing that a reader of elements and text is told of
)

// token is a tag or a run of text. A tag that closes itself makes two of them. Its bytes are good until the next token.
type token struct {
	kind  kind
	name  *name  // of a tag
	attrs []attr // of a start tag
	text  []byte // of character data, its references resolved
}

// attr is an attribute, or the declaration of a namespace.
type attr struct {
	name  *name
	value []byte
}

// name is a name as it stands in a tag. Two names are the same when raw is.
type name struct {
	raw, prefix, local string

	follower *name // of the start tag that came after this one the last time

	// What the name of an element was last resolved to, and after how many changes of the bindings; see Decoder.namespace.
	space string
	bound bool
	asOf  int
}

const (
	// maxNames bounds the names that the scanner remembers; the contract has about a hundred.
	maxNames = 1000
	// maxTag bounds the tags that the scanner reads, in bytes.
	maxTag = 4 << 10
)

// scanner reads the part of XML that services write: tags with ASCII names and quoted attributes, text in UTF-8 with the five
// entities and numeric references, a declaration. It never judges: what it does not know, or finds wrong, or cut off, it
// leaves where it stands for the decoder of encoding/xml to read, which it agrees with on everything that it does read.
type scanner struct {
	src     *source
	names   map[string]*name
	last    *name // of the last start tag
	closing *name // of a tag that closes itself, until its end has been told
	scratch []byte
	begun   bool // a token was read
}

// Results of reading a token other than its length.
const (
	short   = 0  // it ends behind what was read
	unusual = -1 // it is not for the scanner
)

func newScanner(src *source) *scanner {
	return &scanner{src: src, names: map[string]*name{}, last: &name{}}
}

// next reads a token into t, or leaves it unread and returns false. innermost is the name of the element that it stands in.
func (s *scanner) next(t *token, innermost *name) bool {
	if s.closing != nil {
		t.kind, t.name, s.closing = endTag, s.closing, nil
		return true
	}
	for {
		n := s.scan(t, s.src.rest(), innermost)
		switch {
		case n > 0:
			s.src.at += n
			s.begun = true
			if t.kind != aside {
				return true
			}
		case n == unusual || s.src.more() != nil:
			return false
		}
	}
}

// simple reads what is left of an element that holds nothing but text, and its end tag with it: t is both. It is only faster
// than reading the two one by one, and reads nothing where they are not both there.
func (s *scanner) simple(t *token, innermost *name) bool {
	w := s.src.rest()
	n := bytes.IndexByte(w, '<')
	if n < 0 || s.closing != nil || innermost == nil || !hasEnd(w[n:], innermost.raw) {
		return false
	}
	text, ok := s.plain(w[:n])
	if !ok {
		return false
	}
	t.kind, t.name, t.text = endTag, innermost, text
	s.src.at += n + len(innermost.raw) + len("</>")
	return true
}

// scan reads the token that w begins with and returns its length, short or unusual.
func (s *scanner) scan(t *token, w []byte, innermost *name) int {
	switch {
	case len(w) == 0:
		return short
	case w[0] != '<':
		return s.characters(t, w)
	case len(w) == 1:
		return short
	}
	n := unusual
	switch w[1] {
	case '/':
		n = s.end(t, w, innermost)
	case '?':
		n = s.declaration(t, w)
	case '!':
	default:
		n = s.start(t, w)
	}
	if n == short && len(w) > maxTag {
		return unusual // each byte more would have it read again
	}
	return n
}

// characters reads text up to the next tag.
func (s *scanner) characters(t *token, w []byte) int {
	n := bytes.IndexByte(w, '<')
	if n < 0 {
		return short
	}
	text, ok := s.plain(w[:n])
	if !ok {
		return unusual
	}
	t.kind, t.text = charData, text
	return n
}

// end reads an end tag, most likely that of the innermost element.
func (s *scanner) end(t *token, w []byte, innermost *name) int {
	if innermost != nil && hasEnd(w, innermost.raw) {
		t.kind, t.name = endTag, innermost
		return len(innermost.raw) + len("</>")
	}
	found, n := s.name(w[2:])
	if n <= 0 {
		return n
	}
	n = skipSpace(w, 2+n)
	switch {
	case n == len(w):
		return short
	case w[n] != '>':
		return unusual
	}
	t.kind, t.name = endTag, found
	return n + 1
}

// start reads a start tag.
func (s *scanner) start(t *token, w []byte) int {
	found, n := s.startName(w[1:])
	if n <= 0 {
		return n
	}
	t.attrs = t.attrs[:0]
	for n++; ; {
		spaced := n
		n = skipSpace(w, n)
		switch {
		case n == len(w):
			return short
		case w[n] == '>':
			return s.opened(t, found, nil, n+1)
		case w[n] == '/' && n+1 == len(w):
			return short
		case w[n] == '/' && w[n+1] == '>':
			return s.opened(t, found, found, n+2)
		case n == spaced:
			return unusual
		}
		a, length := s.attribute(w[n:])
		if length <= 0 {
			return length
		}
		t.attrs = append(t.attrs, a)
		n += length
	}
}

func (s *scanner) opened(t *token, found, closing *name, n int) int {
	t.kind, t.name = startTag, found
	s.last.follower = found
	s.last, s.closing = found, closing
	return n
}

// attribute reads an attribute. References and carriage returns in it are unusual.
func (s *scanner) attribute(w []byte) (attr, int) {
	found, n := s.name(w)
	switch {
	case n <= 0:
		return attr{}, n
	case len(w) < n+2:
		return attr{}, short
	case w[n] != '=' || w[n+1] != '"' && w[n+1] != '\'':
		return attr{}, unusual
	}
	value := w[n+2:]
	length := bytes.IndexByte(value, w[n+1])
	if length < 0 {
		return attr{}, short
	}
	value = value[:length]
	if _, ok := s.plain(value); !ok || bytes.ContainsAny(value, "&\r") {
		return attr{}, unusual
	}
	return attr{found, value}, n + 2 + length + 1
}

// startName reads the name of a start tag, most likely the one that followed the last time.
func (s *scanner) startName(w []byte) (*name, int) {
	if likely := s.last.follower; likely != nil && hasName(w, likely.raw) {
		return likely, len(likely.raw)
	}
	return s.name(w)
}

// hasName tells whether w begins with this name and goes on behind it.
func hasName(w []byte, raw string) bool {
	n := len(raw)
	return len(w) > n && string(w[:n]) == raw && classes[w[n]]&inName == 0
}

// hasEnd tells whether w begins with the end tag of this name, written as short as can be.
func hasEnd(w []byte, raw string) bool {
	n := len(raw) + len("</")
	return len(w) > n && w[1] == '/' && w[n] == '>' && string(w[2:n]) == raw
}

// name reads a name and returns its length too. Names of other letters than ASCII are unusual, and so is a great number of them.
func (s *scanner) name(w []byte) (*name, int) {
	n := 0
	for n < len(w) && classes[w[n]]&inName != 0 {
		n++
	}
	if n == len(w) {
		return nil, short
	}
	if known := s.names[string(w[:n])]; known != nil {
		return known, n
	}
	fresh := newName(string(w[:n]))
	if !regular.MatchString(fresh.raw) || len(s.names) == maxNames {
		return nil, unusual
	}
	s.names[fresh.raw] = fresh
	return fresh, n
}

// regular is a name as the scanner likes it, with a prefix or without.
var regular = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_.-]*:)?[A-Za-z_][A-Za-z0-9_.-]*$`)

func newName(raw string) *name {
	if prefix, local, ok := strings.Cut(raw, ":"); ok {
		return &name{raw: raw, prefix: prefix, local: local}
	}
	return &name{raw: raw, local: raw}
}

// declared is a declaration that says nothing unusual.
var declared = regexp.MustCompile(`^<\?xml[ \t\r\n]+version=("1\.0"|'1\.0')([ \t\r\n]+encoding=("(?i:utf-8)"|'(?i:utf-8)'))?([ \t\r\n]+standalone=("(yes|no)"|'(yes|no)'))?[ \t\r\n]*\?>`)

// declaration reads an XML declaration, which stands at the beginning only.
func (s *scanner) declaration(t *token, w []byte) int {
	n := bytes.IndexByte(w, '>')
	switch {
	case s.begun:
		return unusual
	case n < 0:
		return short
	case !declared.Match(w):
		return unusual
	}
	t.kind = aside
	return n + 1
}

func skipSpace(w []byte, n int) int {
	for n < len(w) && classes[w[n]]&space != 0 {
		n++
	}
	return n
}

// class is what a byte means to the scanner, a set of bits.
type class uint8

const (
	inName     class = 1 << iota // may stand in a name, or between prefix and name
	space                        // white space
	reference                    // the beginning of a reference
	carriage                     // a carriage return, which is read as a line feed
	bracket                      // two of them and > may not stand in text
	high                         // a part of a character beyond ASCII
	highest                      // it may begin U+FFFE or U+FFFF, which XML forbids
	notInPlain                   // may not stand in text or in the value of an attribute
)

// special are the bytes that plain text is looked through for.
const special = reference | carriage | bracket | high | highest | notInPlain

var classes = func() (table [256]class) {
	for b := range table {
		switch c := byte(b); {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("_:.-", c) >= 0:
			table[b] = inName
		case c == '\r':
			table[b] = space | carriage
		case c == ' ', c == '\t', c == '\n':
			table[b] = space
		case c == '&':
			table[b] = reference
		case c == ']':
			table[b] = bracket
		case c < ' ', c == '<':
			table[b] = notInPlain
		case c == 0xEF:
			table[b] = high | highest
		case c >= utf8.RuneSelf:
			table[b] = high
		}
	}
	return table
}()

// plain returns text with its references resolved and its line ends made line feeds, or false where it is unusual.
func (s *scanner) plain(text []byte) ([]byte, bool) {
	var seen class
	for _, b := range text {
		seen |= classes[b]
	}
	switch {
	case seen&special == 0:
		return text, true
	case seen&notInPlain != 0,
		seen&bracket != 0 && bytes.Contains(text, []byte("]]>")),
		seen&high != 0 && !utf8.Valid(text),
		seen&highest != 0 && (bytes.Contains(text, []byte("\uFFFE")) || bytes.Contains(text, []byte("\uFFFF"))):
		return nil, false
	case seen&(reference|carriage) == 0:
		return text, true
	}
	return s.resolved(text)
}

// resolved copies text that holds references or carriage returns.
func (s *scanner) resolved(text []byte) ([]byte, bool) {
	s.scratch = s.scratch[:0]
	for len(text) > 0 {
		n := 0
		for n < len(text) && classes[text[n]]&(reference|carriage) == 0 {
			n++
		}
		s.scratch = append(s.scratch, text[:n]...)
		text = text[n:]
		switch {
		case len(text) == 0:
		case text[0] == '\r':
			s.scratch = append(s.scratch, '\n')
			if text = text[1:]; len(text) > 0 && text[0] == '\n' {
				text = text[1:]
			}
		default:
			r, length := resolve(text)
			if length == 0 {
				return nil, false
			}
			s.scratch = utf8.AppendRune(s.scratch, r)
			text = text[length:]
		}
	}
	return s.scratch, true
}

// maxReference bounds a reference, in bytes: &#x10FFFF;
const maxReference = 10

// resolve returns the character of the reference that text begins with, and its length, 0 where it is unusual.
func resolve(text []byte) (rune, int) {
	n := bytes.IndexByte(text[:min(len(text), maxReference)], ';')
	if n < 0 {
		return 0, 0
	}
	inner := string(text[1:n])
	switch inner {
	case "lt":
		return '<', n + 1
	case "gt":
		return '>', n + 1
	case "amp":
		return '&', n + 1
	case "apos":
		return '\'', n + 1
	case "quot":
		return '"', n + 1
	}
	digits, base := strings.TrimPrefix(inner, "#"), 10
	if len(digits) == len(inner) {
		return 0, 0
	}
	if hex := strings.TrimPrefix(digits, "x"); len(hex) < len(digits) {
		digits, base = hex, 16
	}
	number, err := strconv.ParseUint(digits, base, 32)
	if r := rune(number); err == nil && carriedRune(r) {
		return r, n + 1
	}
	return 0, 0
}
