package views

import "strings"

// Span is a piece of a sentence; the strong ones must not be overlooked.
type Span struct {
	Text   string
	Strong bool
}

// spans cuts a message at its ** marks, so that a translator keeps the whole sentence in his hands.
func spans(message string) []Span {
	var out []Span
	for i, part := range strings.Split(message, "**") {
		if part != "" {
			out = append(out, Span{Text: part, Strong: i%2 == 1})
		}
	}
	return out
}
