package beliefs

import (
	"context"

	"storefront/internal/vtt/portal"
)

func groupIdIsACategory() Belief {
	return Belief{
		Number: 20, Name: "group-id-is-a-category",
		Question:  "Is the GroupId of an item the Id of a category?",
		Believed:  "category",
		Otherwise: "An item finds its category by the pair of RootGroup and Group, or stands under «без категории».",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			categories := map[string]bool{}
			if err := s.Client.GetCategories(ctx, s.Login, func(c *portal.CategoryDto) error {
				categories[c.Id.Text] = true
				return nil
			}); err != nil {
				return "", err
			}
			items, err := s.items(ctx)
			if err != nil {
				return "", err
			}
			var answers []string
			for _, i := range items {
				if i.GroupId.Filled() {
					answers = append(answers, either(categories[i.GroupId.Text], "category", "foreign"))
				}
			}
			if len(answers) == 0 {
				return "missing", nil
			}
			return oneOf(answers), nil
		},
	}
}
