package portal

import (
	"storefront/internal/secret"
	"storefront/internal/soap"
)

// Login is who calls. This file is the one place where the password is revealed to the wire.
type Login struct {
	Name     string
	Password secret.Text
}

// write writes the parameter if it is one of the two that every operation takes.
func (l Login) write(w *soap.Writer, p Param) bool {
	switch argument(p.Name) {
	case "login":
		w.Text(p.Name, l.Name)
	case "password":
		w.Text(p.Name, l.Password.Reveal())
	default:
		return false
	}
	return true
}

// scrub takes the password, in any spelling, out of a text that the service sent back.
func (l Login) scrub(text string) string { return soap.Scrub(text, l.Password.Reveal()) }
