package beliefs

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"storefront/internal/soap"
	"storefront/internal/vtt/portal"
)

// Service is whom to ask, and as whom. It is not kept between askings.
type Service struct {
	Client    *portal.Client // over a transport that is Bounded
	Login     portal.Login
	Colleague *portal.Login // another login of the same dealer; nil where none is known
	Editor    *portal.Login // a login that may edit orders; nil is Login
	// Post sends an envelope as it is, for what the typed client hides: spellings, prefixes, names of elements. Its body may
	// repeat the password, and is never shown. nil leaves those questions unasked. A transport's Post is one.
	Post func(ctx context.Context, action string, envelope []byte) (status int, body []byte, err error)
}

// bodyLimit bounds the body of an answer that is held in memory, in bytes.
const bodyLimit = 64 << 20

// Bounded limits the size of every answer, which a transport by itself takes none of. It is for the Client of a Service.
func Bounded(next soap.RoundTripper) soap.RoundTripper {
	return soap.RoundTripFunc(func(ctx context.Context, call *soap.Call) error {
		call.Limit = bodyLimit
		return next.RoundTrip(ctx, call)
	})
}

// raw calls an operation past the typed client. read is given the result; the body is returned also with a fault.
func (s *Service) raw(ctx context.Context, op portal.Op, who portal.Login, args portal.Args, read func(*soap.Decoder, soap.Element) error) ([]byte, error) {
	if s.Post == nil {
		return nil, notAsked("it takes the bare answer of the service")
	}
	operations := append(portal.Operations(portal.Current), portal.OptionalOperations()...)
	o := operations[slices.IndexFunc(operations, func(o portal.Operation) bool { return o.Op == op })]
	envelope, err := o.Envelope(who, args)
	if err != nil {
		return nil, err
	}
	status, body, err := s.Post(ctx, o.Action(), envelope)
	if err != nil {
		return nil, err
	}
	shape := soap.Shape{Namespace: portal.Namespace, Response: o.Response(), Result: o.ResultElement()}
	return body, soap.ReadAnswer(bytes.NewReader(body), status, bodyLimit, shape, read)
}

// skip reads nothing of a result.
func skip(*soap.Decoder, soap.Element) error { return nil }

func (s *Service) editor() portal.Login {
	if s.Editor != nil {
		return *s.Editor
	}
	return s.Login
}

// sampleSize is how many items stand for the whole catalogue.
const sampleSize = 100

// items reads the first items of the catalogue.
func (s *Service) items(ctx context.Context) ([]portal.ItemDto, error) {
	p, err := s.Client.GetItemPortion(ctx, s.Login, 0, sampleSize)
	if err == nil && len(p.Items) == 0 {
		err = notAsked("the catalogue is empty")
	}
	return p.Items, err
}

// orders reads the list of orders, newest first. Orders of the same second keep the service's order.
func (s *Service) orders(ctx context.Context, who portal.Login) (list []portal.OrderDto, err error) {
	err = s.Client.GetOrders(ctx, who, func(o *portal.OrderDto) error { list = append(list, *o); return nil })
	if err == nil && len(list) == 0 {
		err = notAsked("the account has no orders")
	}
	slices.SortStableFunc(list, func(a, b portal.OrderDto) int { return strings.Compare(second(b), second(a)) })
	return list, err
}

// second is an order's date and time without fraction and offset, which all orders of a service have alike.
func second(o portal.OrderDto) string { return o.CreationDate.Text[:min(len(o.CreationDate.Text), 19)] }

// Statuses of the dictionary.
const (
	reserving = "Резервирование"
	shipped   = "Отгружен"
)

// ordersIn lists at most n orders of a status, newest first.
func (s *Service) ordersIn(ctx context.Context, who portal.Login, status string, n int) (list []portal.OrderDto, err error) {
	all, err := s.orders(ctx, who)
	if err != nil {
		return nil, err
	}
	for _, o := range all {
		if strings.TrimSpace(o.Status.Text) == status && len(list) < n {
			list = append(list, o)
		}
	}
	if len(list) == 0 {
		return nil, notAsked(fmt.Sprintf("no order is in the status «%s»", status))
	}
	return list, nil
}

// pieces reads a quantity, whole or with decimals; nothing is zero.
func pieces(v portal.Value) int64 {
	n, err := decimal.NewFromString(strings.TrimSpace(v.Text))
	if err != nil {
		return 0
	}
	return n.IntPart()
}
