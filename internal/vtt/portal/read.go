package portal

import "storefront/internal/soap"

// Reading is strict about namespaces and indifferent to everything else that a DTO may hold: unknown members are skipped,
// a member that comes twice keeps the last text that says something.

// record is a DTO of scalars.
type record interface {
	// member returns the field of that name, nil where there is none.
	member(name string) *Value
}

func readRecord(d *soap.Decoder, r record) error {
	return d.Children(func(e soap.Element) error {
		if e.Space != DataNamespace {
			return nil
		}
		return readValue(d, e, r.member(e.Local))
	})
}

func readValue(d *soap.Decoder, e soap.Element, v *Value) error {
	switch {
	case v == nil:
		return nil
	case e.Nil:
		if v.Form == Absent {
			*v = Null()
		}
		return nil
	}
	text, err := d.Text()
	if again := Text(text); err == nil && (again.Filled() || !v.Filled()) {
		*v = again
	}
	return err
}

// eachRow reads an array: read fills a row, yield is given it. There is one row for all of them, good until yield returns;
// what it holds may be kept. Rows that are nil are passed over. An array of nothing but strangers is not an empty one.
func eachRow[T any](d *soap.Decoder, name string, read func(*soap.Decoder, *T) error, yield func(*T) error) error {
	return eachPlace(d, name, read, func(row *T, isNil bool) error {
		if isNil {
			return nil
		}
		return yield(row)
	})
}

// eachPlace is eachRow for whoever counts rows: those that are nil are yielded too, empty.
func eachPlace[T any](d *soap.Decoder, name string, read func(*soap.Decoder, *T) error, yield func(row *T, isNil bool) error) error {
	rows, strangers := 0, 0
	var row, none T
	err := d.Children(func(e soap.Element) error {
		if !isRow(e, name) {
			strangers++
			return nil
		}
		rows++
		row = none
		if e.Nil {
			return yield(&row, true)
		}
		if err := read(d, &row); err != nil {
			return err
		}
		return yield(&row, false)
	})
	return orStrangers(err, rows, strangers, name)
}

// isRow tells whether an element is a row of that name. The documentation calls the rows of one list by the list's
// own name (belief 31).
func isRow(e soap.Element, name string) bool {
	return e.Is(DataNamespace, name) || name == "CompatibilityDto" && e.Is(DataNamespace, TypeCompatibles)
}

// collect gathers the rows of an array; the slice is never nil.
func collect[T any](d *soap.Decoder, name string, read func(*soap.Decoder, *T) error) ([]T, error) {
	rows := []T{}
	err := eachRow(d, name, read, func(row *T) error {
		rows = append(rows, *row)
		return nil
	})
	return rows, err
}

// collectPlaces gathers the rows of a portion. One that is nil keeps its place as an empty row: the portion would be short
// without it, and a short portion is the last.
func collectPlaces[T any](d *soap.Decoder, name string, read func(*soap.Decoder, *T) error) ([]T, error) {
	rows := []T{}
	err := eachPlace(d, name, read, func(row *T, _ bool) error {
		rows = append(rows, *row)
		return nil
	})
	return rows, err
}

func readItem(d *soap.Decoder, i *ItemDto) error {
	return d.Children(func(e soap.Element) error {
		switch {
		case e.Space != DataNamespace:
			return nil
		case e.Local == "PhotoUrls":
			var err error
			i.PhotoUrls, err = readStrings(d)
			return err
		}
		return readValue(d, e, i.member(e.Local))
	})
}

// maxStrings bounds a list inside an element, so that no element grows with the answer.
const maxStrings = 100

func readStrings(d *soap.Decoder) ([]string, error) {
	list := []string{}
	err := d.Children(func(e soap.Element) error {
		if !e.Is(ArraysNamespace, "string") || e.Nil || len(list) == maxStrings {
			return nil
		}
		text, err := d.Text()
		list = append(list, text)
		return err
	})
	return list, err
}

func readRuntime(d *soap.Decoder, i *ItemRuntimeDto) error { return readRecord(d, i) }
func readCategory(d *soap.Decoder, c *CategoryDto) error   { return readRecord(d, c) }
func readOrder(d *soap.Decoder, o *OrderDto) error         { return readRecord(d, o) }
func readLine(d *soap.Decoder, l *OrderLineDto) error      { return readRecord(d, l) }
func readFit(d *soap.Decoder, c *CompatibilityDto) error   { return readRecord(d, c) }

// readOrderFull reads an order with its lines. Two lists of lines would be two orders.
func readOrderFull(d *soap.Decoder, o *OrderFullDto) error {
	lists := 0
	return d.Children(func(e soap.Element) error {
		switch {
		case e.Space != DataNamespace:
			return nil
		case e.Local == "Lines":
			if lists++; lists > 1 {
				return &soap.AnswerError{Flaw: soap.Duplicate, Detail: e.Local}
			}
			var err error
			o.Lines, err = collect(d, "OrderLineDto", readLine)
			return err
		}
		return readValue(d, e, o.member(e.Local))
	})
}

func readStatus(d *soap.Decoder, s *OrderLineStatusDto) error {
	return readSingle(d, s, func(space string) bool { return space == DataNamespace })
}

// readNote reads the answer to SetOrderNote. Its type is not published, so its namespace is not either.
func readNote(d *soap.Decoder, n *SetOrderNoteDto) error {
	return readSingle(d, n, func(string) bool { return true })
}

// readSingle reads a DTO that has no id by which to see that it is one: a DTO of nothing but strangers is not an empty one.
func readSingle(d *soap.Decoder, r record, ours func(space string) bool) error {
	known, strangers := 0, 0
	err := d.Children(func(e soap.Element) error {
		v := r.member(e.Local)
		if v == nil || !ours(e.Space) {
			strangers++
			return nil
		}
		known++
		return readValue(d, e, v)
	})
	return orStrangers(err, known, strangers, "member that is known")
}

// orStrangers refuses what holds something, but nothing that is known.
func orStrangers(err error, known, strangers int, missing string) error {
	if err == nil && known == 0 && strangers > 0 {
		return &soap.AnswerError{Flaw: soap.WrongBody, Detail: "without any " + missing}
	}
	return err
}

// readPortion reads a portion of either kind. Two lists of items would be two answers.
func readPortion[T any](d *soap.Decoder, name string, read func(*soap.Decoder, *T) error) (items []T, total Value, err error) {
	lists, known, strangers := 0, 0, 0
	err = d.Children(func(e soap.Element) error {
		switch {
		case e.Is(DataNamespace, "Items"):
			known++
			if lists++; lists > 1 {
				return &soap.AnswerError{Flaw: soap.Duplicate, Detail: e.Local}
			}
			items, err = collectPlaces(d, name, read)
			return err
		case e.Is(DataNamespace, "TotalCount"):
			known++
			return readValue(d, e, &total)
		}
		strangers++
		return nil
	})
	return items, total, orStrangers(err, known, strangers, "Items or TotalCount")
}
