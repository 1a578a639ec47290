package emulator

import (
	"strings"

	"storefront/internal/vtt/portal"
)

// maxRelated is how many items "see also" has at most.
const maxRelated = 20

// getRelatedItems answers items of the same OEM number, or for a device that the asked one is for too.
func (s *Server) getRelatedItems(c call) (result, error) {
	i, err := s.itemIndex(c)
	if err != nil {
		return nil, err
	}
	return s.items(c, s.catalogue.related(i)), nil
}

// related lists items akin to one, in the catalogue's order, without itself.
func (c *catalogue) related(index int) []int {
	devices := make(map[[2]string]bool)
	for i := range c.fits {
		if fit := &c.fits[i]; fit.ItemId == c.items[index].dto.Id {
			devices[deviceOf(fit)] = true
		}
	}
	kin := make(map[string]bool)
	for i := range c.fits {
		if devices[deviceOf(&c.fits[i])] {
			kin[c.fits[i].ItemId.Text] = true
		}
	}
	var list []int
	number := strings.TrimSpace(c.items[index].dto.OriginalNumber.Text)
	for i := range c.items {
		same := number != "" && strings.TrimSpace(c.items[i].dto.OriginalNumber.Text) == number
		if i != index && (same || kin[c.items[i].id()]) && len(list) < maxRelated {
			list = append(list, i)
		}
	}
	return list
}

func deviceOf(fit *portal.CompatibilityDto) [2]string {
	return [2]string{fit.ModelBrand.Text, fit.ModelName.Text}
}

// attribute is an AdditionalAttributeDto: a value without a name.
type attribute struct{ CategoryId, IntValue, ItemId, StringValue portal.Value }

// getAdditionalAttributes answers two attributes of every item that has a colour: its text and its number.
func (s *Server) getAdditionalAttributes(call) (result, error) {
	return func(e *encoder) {
		for i := range s.catalogue.items {
			it := s.catalogue.items[i]
			if !it.dto.ColorName.Filled() {
				continue
			}
			own := attribute{CategoryId: portal.Text(it.category), IntValue: portal.Null(), ItemId: it.dto.Id, StringValue: it.dto.ColorName}
			e.element("AdditionalAttributeDto", func() { e.attribute(&own) })
			own.IntValue, own.StringValue = it.dto.ColorId, portal.Null()
			e.element("AdditionalAttributeDto", func() { e.attribute(&own) })
		}
	}, nil
}

func (e *encoder) attribute(a *attribute) {
	e.value("CategoryId", a.CategoryId)
	e.value("IntValue", a.IntValue)
	e.value("ItemId", a.ItemId)
	e.value("StringValue", a.StringValue)
}
