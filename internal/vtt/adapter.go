package vtt

import (
	"context"
	"net/url"
	"path"
	"slices"
	"strings"

	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/money"
	"storefront/internal/pace"
	"storefront/internal/soap"
	"storefront/internal/vtt/portal"
)

// dummyPhoto is the name of the picture that stands for "no picture".
const dummyPhoto = "dummy.jpg"

// listing reads an item and its offer. The category stays open: it takes the whole tree to resolve it.
func listing(dto *portal.ItemDto) catalog.Listing {
	return catalog.Listing{
		Item: item(dto),
		Offer: catalog.Offer{
			ItemID:      catalog.ItemID(text(dto.Id)),
			Price:       number(dto.Price),
			PriceLocal:  number(dto.PriceLocal),
			PriceRetail: number(dto.PriceRetail),
			Available:   quantity(dto.AvailableQuantity),
			MainOffice:  quantity(dto.MainOfficeQuantity),
			Transit:     quantity(dto.TransitQuantity),
		},
	}
}

func item(dto *portal.ItemDto) catalog.Item {
	return catalog.Item{
		ID:              catalog.ItemID(text(dto.Id)),
		Name:            text(dto.Name),
		Alias:           text(dto.NameAlias),
		Brand:           text(dto.Brand),
		Vendor:          text(dto.Vendor),
		OriginalNumber:  text(dto.OriginalNumber),
		Barcode:         lastFilled(dto.BarCode, dto.Barcode),
		Description:     text(dto.Description),
		Compatibility:   text(dto.Compatibility),
		GroupID:         text(dto.GroupId),
		Group:           text(dto.Group),
		RootGroup:       text(dto.RootGroup),
		LifeTime:        text(dto.ItemLifeTime),
		ColorName:       text(dto.ColorName),
		ColorID:         text(dto.ColorId),
		TnvedCode:       text(dto.TnvedCode),
		PhotoURLs:       photos(dto),
		TransitDate:     moment(dto.TransitDate),
		NumberInPackage: number(dto.NumberInPackage),
		Package:         catalog.Size{Width: number(dto.Width), Height: number(dto.Height), Depth: number(dto.Depth)},
		Gross:           catalog.Size{Width: number(dto.GrossWidth), Height: number(dto.GrossHeight), Depth: number(dto.GrossDepth)},
		Weight:          number(dto.Weight),
		GrossWeight:     number(dto.GrossWeight),
		NetWeight:       number(dto.NetWeight),
		GrossVolume:     number(dto.GrossVolume),
	}
}

// lastFilled returns the last value that says something: bar codes come in two spellings (belief 18).
func lastFilled(values ...portal.Value) string {
	last := ""
	for _, v := range values {
		if v.Filled() {
			last = text(v)
		}
	}
	return last
}

// photos lists the pictures of an item, each once. The dummy is none.
func photos(dto *portal.ItemDto) []string {
	var list []string
	for _, address := range append([]string{dto.PhotoUrl.Text}, dto.PhotoUrls...) {
		address = strings.TrimSpace(address)
		u, ok := webLink(address)
		if ok && !strings.EqualFold(path.Base(u.Path), dummyPhoto) && !slices.Contains(list, address) {
			list = append(list, address)
		}
	}
	return list
}

// webLink accepts only http and https: other schemes run things.
func webLink(address string) (*url.URL, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, false
	}
	return u, u.Scheme == "http" || u.Scheme == "https"
}

func listings(ctx context.Context, dtos []portal.ItemDto) []catalog.Listing {
	list := make([]catalog.Listing, len(dtos))
	for i := range dtos {
		pace.Step(ctx)
		list[i] = listing(&dtos[i])
	}
	return list
}

// appendListing drops an item without an id: nothing could be done with it.
func appendListing(list []catalog.Listing, dto *portal.ItemDto) []catalog.Listing {
	if l := listing(dto); l.Item.ID != "" {
		return append(list, l)
	}
	return list
}

// runtimeOffer reads an offer that knows only the price in conventional units.
func runtimeOffer(dto *portal.ItemRuntimeDto) catalog.Offer {
	return catalog.Offer{
		ItemID:     catalog.ItemID(text(dto.Id)),
		Price:      number(dto.Price),
		Available:  quantity(dto.AvailableQuantity),
		MainOffice: quantity(dto.MainOfficeQuantity),
		Transit:    quantity(dto.TransitQuantity),
	}
}

func runtimeOffers(ctx context.Context, dtos []portal.ItemRuntimeDto) []catalog.Offer {
	list := make([]catalog.Offer, len(dtos))
	for i := range dtos {
		pace.Step(ctx)
		list[i] = runtimeOffer(&dtos[i])
	}
	return list
}

func appendOffer(list []catalog.Offer, dto *portal.ItemRuntimeDto) []catalog.Offer {
	if o := runtimeOffer(dto); o.ItemID != "" {
		return append(list, o)
	}
	return list
}

func category(dto *portal.CategoryDto) catalog.Category {
	return catalog.Category{ID: catalog.CategoryID(text(dto.Id)), Parent: catalog.CategoryID(text(dto.ParentId)), Name: text(dto.Name)}
}

func fit(dto *portal.CompatibilityDto) catalog.Fit {
	return catalog.Fit{
		ItemID:   catalog.ItemID(text(dto.ItemId)),
		Brand:    text(dto.ModelBrand),
		Category: text(dto.ModelCategoryName),
		Model:    text(dto.ModelName),
	}
}

// rate takes the first positive decimal and the first date of the answer: the names of its elements are not published
// (belief 25).
func rate(texts []string) (r money.Rate, ok bool) {
	for _, t := range texts {
		v := portal.Text(t)
		if d := number(v); d != nil && !r.Known() {
			r.RUB = *d
		}
		if r.SetAt.IsZero() {
			r.SetAt = moment(v)
		}
	}
	return r, r.Known()
}

// withoutID is an answer that names no object, where it must.
func withoutID(operation string) error {
	return errkind.Wrap(errkind.NotSOAP, &soap.AnswerError{Flaw: soap.NoResult, Detail: operation + ": an object without an id"})
}
