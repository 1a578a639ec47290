package views

import "net/url"

// elementID makes an id for an element that belongs to something of the distributor's, whose own id may hold anything.
func elementID(prefix, id string) string { return prefix + url.PathEscape(id) }
