package soap

import (
	"bytes"
	"errors"
	"io"
)

const (
	// maxToken bounds a single tag or text in bytes: memory is bounded by it and not by the size of the answer.
	maxToken = 1 << 20
	// window is how much of an answer is in memory at a time, in bytes, and the longest text that the scanner reads. It begins
	// small, as most answers are.
	window      = 64 << 10
	smallWindow = 2 << 10
)

// source deals out an answer within two limits, and remembers why it stopped. Which bytes come together makes no difference to
// what is read, nor to which error ends it.
type source struct {
	r      io.Reader
	buf    []byte // what was read and not yet dropped; buf[at:] is still to come
	at     int
	base   int64 // where buf begins, in bytes from the beginning of the answer
	left   int64 // bytes still allowed; negative when there are more
	begun  int64 // where the current token begins
	behind error // came with the last bytes
	failed error // the first error but io.EOF
	done   bool  // there is nothing behind buf
	ended  bool  // ReadByte came to the end, or to the error
}

func newSource(r io.Reader, limit int64) *source {
	return &source{r: r, buf: make([]byte, 0, smallWindow), left: limit}
}

// offset is where the source stands, in bytes from the beginning of the answer.
func (s *source) offset() int64 { return s.base + int64(s.at) }

// rest is what was read and is still to come. It is good until more is called.
func (s *source) rest() []byte { return s.buf[s.at:] }

// ReadByte makes source an io.ByteReader, which keeps the XML decoder from reading ahead in a buffer of its own. The decoder
// looks one byte beyond a text, so that a token may take one byte more than allowed.
func (s *source) ReadByte() (byte, error) {
	if s.at == len(s.buf) {
		if err := s.more(); err != nil {
			s.ended = true
			return 0, err
		}
	}
	if s.offset()-s.begun > maxToken {
		s.ended = true
		return 0, s.fail(&AnswerError{Flaw: TooLong})
	}
	b := s.buf[s.at]
	s.at++
	return b, nil
}

// Read is never used by the decoder, which prefers ReadByte; it is here because it takes an io.Reader.
func (s *source) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := s.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = b
	return 1, nil
}

// mark notes where a token begins.
func (s *source) mark(offset int64) { s.begun = offset }

// more reads at least one byte behind the rest, or returns why there is none.
func (s *source) more() error {
	switch {
	case s.failed != nil:
		return s.failed
	case s.done:
		return io.EOF
	case s.left < 0:
		return s.fail(&AnswerError{Flaw: TooLarge})
	}
	s.makeRoom()
	kept := len(s.buf)
	if kept == cap(s.buf) {
		return io.ErrShortBuffer
	}
	n, err := 0, s.behind
	if err == nil {
		n, err = readSome(s.r, s.buf[kept:cap(s.buf)])
	}
	s.behind = err
	s.left -= int64(n)
	over := max(0, -s.left)
	s.buf = s.buf[:int64(kept+n)-over]
	switch {
	case len(s.buf) > kept:
		return nil
	case s.left < 0:
		return s.fail(&AnswerError{Flaw: TooLarge})
	case errors.Is(err, io.EOF):
		s.done = true
		return io.EOF
	}
	return s.fail(err)
}

// makeRoom forgets what was dealt out, and widens the window if the last reading filled it.
func (s *source) makeRoom() {
	rest, room := s.rest(), s.buf[:0]
	if len(s.buf) == cap(s.buf) && cap(s.buf) < window {
		room = make([]byte, 0, 2*cap(s.buf))
	}
	s.base += int64(s.at)
	if s.at > 0 || cap(room) > cap(s.buf) {
		s.buf, s.at = append(room, rest...), 0
	}
}

func (s *source) fail(err error) error {
	s.failed = err
	return err
}

// readSome reads at least a byte or an error; readers may return neither.
func readSome(r io.Reader, p []byte) (int, error) {
	for range 100 {
		if n, err := r.Read(p); n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

var (
	markUTF8  = []byte("\xef\xbb\xbf")
	markUTF16 = [][]byte{[]byte("\xfe\xff"), []byte("\xff\xfe")} // UTF-32 with its low end first begins with the second
)

// dropBOM skips a UTF-8 byte order mark; marks of other encodings are refused. io.EOF means that there is nothing but a mark.
func (s *source) dropBOM() error {
	for len(s.rest()) < len(markUTF8) && s.more() == nil {
	}
	for _, mark := range markUTF16 {
		if bytes.HasPrefix(s.rest(), mark) {
			return s.fail(&AnswerError{Flaw: Charset, Detail: "UTF-16"})
		}
	}
	if bytes.HasPrefix(s.rest(), markUTF8) {
		s.at += len(markUTF8)
	}
	return nil
}
