package soap

import (
	"bytes"
	"errors"
	"io"
)

// maxToken bounds a single tag or text in bytes: memory is bounded by it and not by the size of the answer.
const maxToken = 1 << 20

// source feeds the XML decoder byte by byte within two limits, and remembers why it stopped.
type source struct {
	r      io.Reader
	buf    []byte
	at     int
	left   int64 // bytes still allowed
	token  int64 // bytes read since the last token
	total  int64
	failed error // the first error but io.EOF
	done   bool
}

func newSource(r io.Reader, limit int64) *source {
	return &source{r: r, buf: make([]byte, 0, 32<<10), left: limit}
}

// ReadByte makes source an io.ByteReader, which keeps the XML decoder from reading ahead in a buffer of its own.
func (s *source) ReadByte() (byte, error) {
	if s.at == len(s.buf) {
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
	b := s.buf[s.at]
	s.at++
	return b, nil
}

// Read is never used by the decoder, which prefers ReadByte; it is here because it takes an io.Reader.
func (s *source) Read(p []byte) (int, error) {
	if s.at == len(s.buf) {
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.buf[s.at:])
	s.at += n
	return n, nil
}

// mark notes that a token has ended.
func (s *source) mark() { s.token = 0 }

func (s *source) fill() error {
	switch {
	case s.failed != nil:
		return s.failed
	case s.done:
		return io.EOF
	case s.token > maxToken:
		return s.fail(&AnswerError{Flaw: TooLong})
	}
	n, err := readSome(s.r, s.buf[:cap(s.buf)])
	s.buf, s.at = s.buf[:n], 0
	s.left -= int64(n)
	s.token += int64(n)
	s.total += int64(n)
	switch {
	case s.left < 0:
		s.buf = s.buf[:0]
		return s.fail(&AnswerError{Flaw: TooLarge})
	case n > 0:
		return nil // an error that came with bytes comes again
	case errors.Is(err, io.EOF):
		s.done = true
		return io.EOF
	}
	return s.fail(err)
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

// dropBOM skips a UTF-8 byte order mark; marks of other encodings are refused.
func (s *source) dropBOM() error {
	if s.at == len(s.buf) {
		if err := s.fill(); err != nil {
			return err
		}
	}
	head := s.buf[s.at:]
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		s.at += 3
	case bytes.HasPrefix(head, []byte("\xfe\xff")), bytes.HasPrefix(head, []byte("\xff\xfe")):
		return s.fail(&AnswerError{Flaw: Charset, Detail: "UTF-16"})
	}
	return nil
}
