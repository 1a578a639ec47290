package vtt

import (
	"context"
	"errors"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
	"storefront/internal/money"
	"storefront/internal/soap"
	"storefront/internal/vtt/portal"
)

// ProveLogin tells whether the service accepts the credentials: nil if so, errkind.AccessDenied if not. It asks the cheapest
// question there is (belief 24); where that one is not to be had it asks for the categories.
func (d *Distributor) ProveLogin(ctx context.Context, cred buyer.Credentials) error {
	_, err := d.rateTexts(ctx, d.signing, cred)
	switch {
	case err == nil, errkind.Is(err, errkind.AccessDenied), errkind.Is(err, errkind.Invalid):
		return err
	case errkind.Upstream(err) && !errors.Is(err, soap.NoResult):
		return err
	}
	return d.read(ctx, portal.GetCategories, func(ctx context.Context) error {
		return d.signing.GetCategories(ctx, login(cred), func(*portal.CategoryDto) error { return nil })
	})
}

// Rate reads the rouble price of a dollar.
func (d *Distributor) Rate(ctx context.Context, cred buyer.Credentials) (money.Rate, error) {
	texts, err := d.rateTexts(ctx, d.client, cred)
	if err != nil {
		return money.Rate{}, err
	}
	r, ok := rate(texts)
	if !ok {
		return money.Rate{}, errkind.Wrap(errkind.NotSOAP, &soap.AnswerError{Flaw: soap.NoResult, Detail: "GetUsdRubRate: no rate"})
	}
	return r, nil
}

func (d *Distributor) rateTexts(ctx context.Context, client *portal.Client, cred buyer.Credentials) (texts []string, err error) {
	err = d.read(ctx, portal.GetUsdRubRate, func(ctx context.Context) error {
		texts, err = client.GetUsdRubRate(ctx, login(cred))
		return err
	})
	return texts, err
}

// errEnough ends an answer of which enough was read.
var errEnough = errors.New("enough was read")

// EditRight learns whether the account may edit orders, without side effects: it begins a read that needs the right and hangs
// up at the first row. Where no such operation is published the right stays unknown, which is no error.
func (d *Distributor) EditRight(ctx context.Context, cred buyer.Credentials) (buyer.Right, error) {
	ctx, cancel := context.WithTimeout(ctx, probe.deadline)
	defer cancel()
	err := d.probing.GetGoodsCompatibilityInformation(ctx, login(cred), func(*portal.CompatibilityDto) error { return errEnough })
	if err == nil || errors.Is(err, errEnough) {
		return buyer.RightEdit, nil
	}
	switch err = translate(err); errkind.Of(err) {
	case errkind.NonAuthorized:
		return buyer.RightNone, nil
	case errkind.Unsupported:
		return buyer.RightUnknown, nil
	}
	return buyer.RightUnknown, err
}
