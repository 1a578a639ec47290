package beliefs

import (
	"context"
	"regexp"
	"strings"
)

// nextScheme is where a link that is not the first begins, with the character before it.
var nextScheme = regexp.MustCompile(`.https?://`)

func linksStandApartBySpaceCommaOrSemicolon() Belief {
	return Belief{
		Number: 6, Name: "links-stand-apart-by-space-comma-or-semicolon",
		Question:  "Are several links in UtdUrl parted by white space, a comma or a semicolon?",
		Believed:  "known",
		Otherwise: "A bar parts them too; with anything else the links run together and the first alone may open.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			orders, err := s.ordersIn(ctx, s.Login, shipped, 1000)
			if err != nil {
				return "", err
			}
			several := false
			for _, o := range orders {
				for _, next := range nextScheme.FindAllString(strings.TrimSpace(o.UtdUrl.Text), -1) {
					several = true
					if !strings.ContainsAny(next[:1], " \t\r\n,;") {
						return "other", nil
					}
				}
			}
			if !several {
				return "", notAsked("no order has several links to documents")
			}
			return "known", nil
		},
	}
}
