package portal

import (
	"strings"
	"unicode"
)

// Form says how a member stood on the wire. The service uses all four for one and the same thing, "nothing", except Given
// with text in it.
type Form uint8

const (
	Absent Form = iota // no element
	Nil                // <Price xsi:nil="true"/>
	Given              // <Price>12.30</Price>; with empty Text, <Price/> or <Price></Price>
)

// Value is a scalar as it stood on the wire: text, not yet a number or a date. The zero Value is an absent element.
type Value struct {
	Text string // only for Given
	Form Form
}

// Text makes a given Value; Text("") is an empty element.
func Text(s string) Value { return Value{Text: s, Form: Given} }

// Null makes a Value that is written with xsi:nil.
func Null() Value { return Value{Form: Nil} }

// Filled tells whether the value says anything: absent, nil, empty and white space alike do not.
func (v Value) Filled() bool { return v.Form == Given && strings.ContainsFunc(v.Text, visible) }

func visible(r rune) bool { return !unicode.IsSpace(r) }

// String returns the text, empty unless Given.
func (v Value) String() string { return v.Text }
