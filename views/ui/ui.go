// Package ui holds the parts that pages are made of and that know nothing of the trade: buttons, fields, badges, tables,
// paging, banners, progress, numbers. Looks live in static/src/app.css under the class names used here.
package ui

import (
	"strconv"

	"github.com/a-h/templ"
)

// Tone colours a badge or a banner. Colour never says anything alone: a word always stands beside it.
type Tone string

// The tones.
const (
	Neutral Tone = "neutral"
	Info    Tone = "info"
	Success Tone = "success"
	Warning Tone = "warning"
	Danger  Tone = "error"
	Accent  Tone = "accent"
)

// toneClass is written out so that the style sheet's builder finds every name.
func (t Tone) badge() string {
	switch t {
	case Info:
		return "tag-info"
	case Success:
		return "tag-success"
	case Warning:
		return "tag-warning"
	case Danger:
		return "tag-error"
	case Accent:
		return "tag-accent"
	}
	return "tag-neutral"
}

func (t Tone) banner() string {
	switch t {
	case Success:
		return "banner-success"
	case Warning:
		return "banner-warning"
	case Danger:
		return "banner-error"
	}
	return "banner-info"
}

func (t Tone) icon() string {
	switch t {
	case Success:
		return "check"
	case Warning, Danger:
		return "alert"
	}
	return "info"
}

// Kind is how much a button asks to be pressed.
type Kind string

// The kinds. A region has at most one Primary.
const (
	Primary Kind = "primary"
	Default Kind = "default"
	Quiet   Kind = "quiet" // no border until pointed at
	Delete  Kind = "delete"
)

func (k Kind) class() string {
	switch k {
	case Primary:
		return "btn btn-primary"
	case Quiet:
		return "btn btn-ghost"
	case Delete:
		return "btn btn-danger"
	}
	return "btn btn-plain"
}

// Button describes a button or a link that looks like one.
type Button struct {
	Label string
	Kind  Kind
	Icon  string // shown before the label
	// Small buttons fit a table's row.
	Small bool
	// IconOnly hides the label from sight but not from assistive technology.
	IconOnly bool
	// Href makes it a link. It must be made by views' address functions.
	Href     string
	Type     string // "submit" unless set
	ID       string
	Name     string
	Value    string
	Disabled bool
	// Attrs are further attributes: hx-*, data-*, command, aria-*.
	Attrs templ.Attributes
}

func (b Button) class() string {
	c := b.Kind.class()
	if b.Small {
		c += " btn-sm"
	}
	if b.IconOnly {
		c += " btn-square"
	}
	return c
}

func (b Button) typ() string {
	if b.Type == "" {
		return "submit"
	}
	return b.Type
}

// Field describes a labelled input. The hint and the error are tied to the input for assistive technology.
type Field struct {
	ID    string
	Name  string
	Label string
	Type  string // "text" unless set; "textarea" makes one of Rows lines
	Value string
	Hint  string
	Error string
	Rows  int
	// HideLabel hides the label from sight.
	HideLabel bool
	// Numeric aligns right with tabular figures.
	Numeric bool
	Attrs   templ.Attributes // autocomplete, inputmode, required, maxlength, hx-*, …
}

func (f Field) typ() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

func (f Field) rows() string {
	if f.Rows == 0 {
		return "3"
	}
	return strconv.Itoa(f.Rows)
}

// describedBy names the elements that explain the input.
func (f Field) describedBy() string {
	switch {
	case f.Error != "" && f.Hint != "":
		return f.ID + "-hint " + f.ID + "-error"
	case f.Error != "":
		return f.ID + "-error"
	case f.Hint != "":
		return f.ID + "-hint"
	}
	return ""
}

func (f Field) inputClass() string {
	c := "input"
	if f.Type == "textarea" {
		c = "textarea"
	}
	if f.Numeric {
		c += " num"
	}
	if f.Error != "" {
		c += " is-invalid"
	}
	return c
}

// Paging describes the pages of a list.
type Paging struct {
	Page, Pages int // from 1
	// URL makes the address of a page.
	URL func(page int) string
	// Target is the CSS selector of the region that htmx replaces; empty: plain links.
	Target string
}

// gap stands for the pages left out.
const gap = 0

// numbers lists the pages to link to: the first, the last, the current with its neighbours, and gaps between.
func (p Paging) numbers() []int {
	var out []int
	last := 0
	for n := 1; n <= p.Pages; n++ {
		near := n >= p.Page-1 && n <= p.Page+1
		if n != 1 && n != p.Pages && !near {
			continue
		}
		switch {
		case last > 0 && n == last+2:
			out = append(out, n-1)
		case last > 0 && n > last+2:
			out = append(out, gap)
		}
		out = append(out, n)
		last = n
	}
	return out
}

// attrs make a link replace the list in place.
func (p Paging) attrs(page int) templ.Attributes {
	if p.Target == "" {
		return nil
	}
	return templ.Attributes{
		"hx-get": p.URL(page), "hx-target": p.Target, "hx-swap": "outerHTML show:top", "hx-push-url": "true", "hx-indicator": p.Target,
	}
}

// percent is how much of total is done, 0 to 100.
func percent(done, total int) int {
	if total <= 0 {
		return 0
	}
	return max(0, min(100, done*100/total))
}
