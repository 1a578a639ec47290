package beliefs

import (
	"context"

	"storefront/internal/vtt/portal"
)

func rootsShareChildrensNames() Belief {
	return Belief{
		Number: 21, Name: "roots-share-childrens-names",
		Question:  "Have two root categories children of the same name?",
		Believed:  "yes",
		Otherwise: "Nothing changes: a child is found by its own name and its root's together.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			roots, answer := map[string]string{}, "no"
			err := s.Client.GetCategories(ctx, s.Login, func(c *portal.CategoryDto) error {
				if !c.ParentId.Filled() {
					return nil
				}
				if other, known := roots[c.Name.Text]; known && other != c.ParentId.Text {
					answer = "yes"
				}
				roots[c.Name.Text] = c.ParentId.Text
				return nil
			})
			switch {
			case err != nil:
				return "", err
			case len(roots) == 0:
				return "", notAsked("there are no categories of two levels")
			}
			return answer, nil
		},
	}
}
