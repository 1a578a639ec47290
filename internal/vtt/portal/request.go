package portal

import (
	"fmt"
	"slices"
	"strconv"

	"storefront/internal/soap"
)

// Args are the arguments of a call; an operation takes those that its parameters name.
type Args struct {
	ItemId, CategoryId, OrderId string
	From, To                    int
	Lines                       []OrderLineCreationDto
	Count                       string // whole number; "0" removes all of the item
	Note                        string
}

// ParamError means that a contract names a parameter that this client has no argument for. Nothing was sent.
type ParamError struct {
	Operation string
	Param     Param
}

func (e *ParamError) Error() string {
	return fmt.Sprintf("%s takes a parameter %s of type %s that is not known", e.Operation, e.Param.Name, e.Param.Type)
}

// Envelope writes the request: the operation's element and its parameters in the contract's order, which is the only order
// that the service reads.
func (o Operation) Envelope(who Login, args Args) ([]byte, error) {
	w := soap.NewWriter()
	w.Start(o.Name, soap.Binding{URI: Namespace})
	for _, p := range o.Params {
		if !p.write(w, who, args) {
			return nil, &ParamError{Operation: o.Name, Param: p}
		}
	}
	return w.Envelope()
}

// write writes one parameter; false means that it is not known.
func (p Param) write(w *soap.Writer, who Login, args Args) bool {
	switch {
	case who.write(w, p):
	case p.Type == TypeNewLines:
		p.writeLines(w, args.Lines)
	case p.Type == TypeNewLine && len(args.Lines) == 1:
		p.writeLine(w, args.Lines[0])
	default:
		text, ok := args.scalar(p.Name)
		if !ok {
			return false
		}
		w.Text(p.Name, text)
	}
	return true
}

// scalar finds the argument of a parameter by its name.
func (a Args) scalar(name string) (string, bool) {
	switch argument(name) {
	case "itemid":
		return a.ItemId, true
	case "categoryid":
		return a.CategoryId, true
	case "orderid":
		return a.OrderId, true
	case "from":
		return strconv.Itoa(a.From), true
	case "to":
		return strconv.Itoa(a.To), true
	case "count":
		return a.Count, true
	case "note":
		return a.Note, true
	}
	return "", false
}

func (p Param) writeLines(w *soap.Writer, lines []OrderLineCreationDto) {
	w.Start(p.Name, soap.Binding{Prefix: "d", URI: DataNamespace})
	for _, line := range lines {
		w.Start("d:" + TypeNewLine)
		line.write(w, p.Members)
		w.End()
	}
	w.End()
}

func (p Param) writeLine(w *soap.Writer, line OrderLineCreationDto) {
	w.Start(p.Name, soap.Binding{Prefix: "d", URI: DataNamespace})
	line.write(w, p.Members)
	w.End()
}

// write writes the members in the order of the wire, which is ordinal unless the service says otherwise: out of it they are
// taken for null, and nothing is ordered.
func (l OrderLineCreationDto) write(w *soap.Writer, order []string) {
	quantityFirst := slices.Index(order, "Quantity") >= 0 && slices.Index(order, "Quantity") < slices.Index(order, "ItemId")
	if quantityFirst {
		w.Text("d:Quantity", l.Quantity.Text)
	}
	w.Text("d:ItemId", l.ItemId.Text)
	if !quantityFirst {
		w.Text("d:Quantity", l.Quantity.Text)
	}
}
