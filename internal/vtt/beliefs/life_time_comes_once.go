package beliefs

import (
	"context"
	"slices"

	"storefront/internal/soap"
	"storefront/internal/vtt/portal"
)

func lifeTimeComesOnce() Belief {
	return Belief{
		Number: 19, Name: "life-time-comes-once",
		Question:  "Does ItemLifeTime, which the documentation of ItemDto has twice, stand in an item once?",
		Believed:  "once",
		Otherwise: "The last that says something counts.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			items, err := s.items(ctx)
			if err != nil {
				return "", err
			}
			i := slices.IndexFunc(items, func(i portal.ItemDto) bool { return i.ItemLifeTime.Filled() })
			if i < 0 {
				return "", notAsked("no item has an ItemLifeTime")
			}
			times := 0
			_, err = s.raw(ctx, portal.GetItem, s.Login, portal.Args{ItemId: items[i].Id.Text}, func(d *soap.Decoder, _ soap.Element) error {
				return d.Children(func(e soap.Element) error {
					if e.Local == "ItemLifeTime" {
						times++
					}
					return nil
				})
			})
			if err != nil {
				return "", err
			}
			return either(times == 1, "once", "twice"), nil
		},
	}
}
