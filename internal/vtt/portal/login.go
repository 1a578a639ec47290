package portal

import (
	"strings"

	"storefront/internal/secret"
	"storefront/internal/soap"
)

// Login is who calls. This file is the one place where the password is revealed to the wire.
type Login struct {
	Name     string
	Password secret.Text
}

// write writes the two parameters that every operation takes first.
func (l Login) write(w *soap.Writer) {
	w.Text("login", l.Name)
	w.Text("password", l.Password.Reveal())
}

// scrub takes the password out of a text that the service sent back.
func (l Login) scrub(text string) string {
	if l.Password.Empty() {
		return text
	}
	return strings.ReplaceAll(text, l.Password.Reveal(), secret.Redacted)
}
