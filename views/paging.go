package views

import "storefront/views/ui"

// paging describes the pages of a list of total rows; the page asked for is kept within them.
func paging(page, perPage, total int, url func(page int) string, target string) ui.Paging {
	pages := 1
	if perPage > 0 {
		pages = max(1, (total+perPage-1)/perPage)
	}
	return ui.Paging{Page: min(max(1, page), pages), Pages: pages, URL: url, Target: target}
}
