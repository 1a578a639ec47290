package emulator

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/shopspring/decimal"

	"storefront/internal/vtt/portal"
)

// maxLine bounds a line of a catalogue file.
const maxLine = 1 << 20

// readCatalogue reads JSON Lines, one object of ItemDto fields a line; fields that ItemDto does not have are ignored. Numbers may be JSON numbers
// or strings and are taken digit by digit. Every branch starts with AvailableQuantity pieces. Categories are made from
// RootGroup and Group.
func readCatalogue(path string) (*catalogue, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("emulator: catalogue: %w", err)
	}
	defer func() { _ = file.Close() }() // only read from
	tree := newCategoryTree()
	seen := make(map[string]int)
	var items []item
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		raw := bytes.TrimSpace(bytes.TrimPrefix(lines.Bytes(), []byte("\ufeff")))
		if len(raw) == 0 {
			continue
		}
		it, err := parseItem(raw)
		if first := seen[it.id()]; err == nil && first > 0 {
			err = fmt.Errorf("id %q stands in line %d already", it.id(), first)
		}
		if err != nil {
			return nil, fmt.Errorf("emulator: catalogue %s, line %d: %w", path, n, err)
		}
		seen[it.id()] = n
		it.category = tree.place(it.dto.RootGroup.Text, it.dto.Group.Text, it.dto.GroupId.Text)
		items = append(items, it)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("emulator: catalogue %s: %w", path, err)
	}
	return newCatalogue(items, tree.categories, nil), nil
}

// parseItem reads one line.
func parseItem(raw []byte) (item, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return item{}, err
	}
	var it item
	dto := reflect.ValueOf(&it.dto).Elem()
	for name, raw := range fields {
		var err error
		switch field := dto.FieldByName(name); {
		case !field.IsValid():
		case field.Kind() == reflect.Slice:
			err = json.Unmarshal(raw, field.Addr().Interface())
		default:
			var v portal.Value
			v, err = fieldValue(raw)
			field.Set(reflect.ValueOf(v))
		}
		if err != nil {
			return item{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	return it, it.complete()
}

// fieldValue reads text, a number, a boolean or null. A number keeps its digits; an exponent, which xs:decimal does not
// have, is written out.
func fieldValue(raw json.RawMessage) (portal.Value, error) {
	var text string
	switch {
	case string(raw) == "null":
		return portal.Null(), nil
	case raw[0] == '"':
		err := json.Unmarshal(raw, &text)
		return portal.Text(text), err
	case raw[0] == '{' || raw[0] == '[':
		return portal.Value{}, fmt.Errorf("%.20s is not a scalar", raw)
	}
	text = string(raw)
	if strings.ContainsAny(text, "eE") {
		if n, err := decimal.NewFromString(text); err == nil {
			text = n.String()
		}
	}
	return portal.Text(text), nil
}

// complete fills in what the emulator counts with: price and stock.
func (it *item) complete() error {
	if !it.dto.Id.Filled() {
		return fmt.Errorf("no Id")
	}
	it.price = decimal.NewFromInt(-1)
	if it.dto.Price.Filled() {
		price, err := decimal.NewFromString(it.dto.Price.Text)
		if err != nil {
			return fmt.Errorf("price: %w", err)
		}
		it.price = price
	}
	available, err := wholePieces(it.dto.AvailableQuantity)
	if err != nil {
		return fmt.Errorf("AvailableQuantity: %w", err)
	}
	for i := range it.branches {
		it.branches[i] = available
	}
	if it.main, err = wholePieces(it.dto.MainOfficeQuantity); err != nil {
		return fmt.Errorf("MainOfficeQuantity: %w", err)
	}
	if !it.dto.TransitQuantity.Filled() {
		it.dto.TransitQuantity = pieces64(0)
	}
	return nil
}

// wholePieces reads a quantity of stock, nothing being zero.
func wholePieces(v portal.Value) (int64, error) {
	if !v.Filled() {
		return 0, nil
	}
	n, err := decimal.NewFromString(strings.TrimSpace(v.Text))
	if err == nil && !n.IsInteger() {
		err = fmt.Errorf("%s is not a whole number of pieces", n)
	}
	return n.IntPart(), err
}
