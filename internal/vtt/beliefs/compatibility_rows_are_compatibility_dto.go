package beliefs

import (
	"context"
	"errors"

	"storefront/internal/soap"
	"storefront/internal/vtt/portal"
)

func compatibilityRowsAreCompatibilityDto() Belief {
	return Belief{
		Number: 31, Name: "compatibility-rows-are-compatibility-dto",
		Question:  "Are the rows of GetGoodsCompatibilityInformation called CompatibilityDto, although the documentation says ArrayOfCompatibilityDto?",
		Believed:  "CompatibilityDto",
		Otherwise: "Rows of the documentation's name are read too; rows of any other name are an answer that cannot be read, never an empty list.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			name, enough := "", errors.New("one row is enough")
			_, err := s.raw(ctx, portal.GetGoodsCompatibilityInformation, s.editor(), portal.Args{}, func(d *soap.Decoder, _ soap.Element) error {
				return d.Children(func(e soap.Element) error {
					name = e.Local
					return enough
				})
			})
			switch {
			case errors.Is(err, enough):
				return name, nil
			case err != nil:
				return "", err
			}
			return "", notAsked("nothing fits anything")
		},
	}
}
