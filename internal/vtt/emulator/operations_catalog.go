package emulator

import "storefront/internal/vtt/portal"

func (s *Server) getItems(c call) (result, error) {
	return s.items(c, everything(len(s.catalogue.items))), nil
}

func (s *Server) getRuntimeItems(c call) (result, error) {
	return s.runtimes(c, everything(len(s.catalogue.items))), nil
}

func (s *Server) getItem(c call) (result, error) {
	i, err := s.itemIndex(c)
	if err != nil {
		return nil, err
	}
	dto := s.view(c).item(i)
	return func(e *encoder) { e.item(&dto) }, nil
}

func (s *Server) getRuntimeItem(c call) (result, error) {
	i, err := s.itemIndex(c)
	if err != nil {
		return nil, err
	}
	dto := s.view(c).runtime(i)
	return func(e *encoder) { e.runtime(&dto) }, nil
}

func (s *Server) itemIndex(c call) (int, error) {
	id, err := c.required("itemId")
	if err != nil {
		return 0, err
	}
	i, ok := s.catalogue.byID[id]
	if !ok {
		return 0, s.options.Answers.unknownItem("Товар с артикулом %s не найден.", id)
	}
	return i, nil
}

func (s *Server) getCategories(call) (result, error) {
	return func(e *encoder) {
		for i := range s.catalogue.categories {
			e.element("CategoryDto", func() { e.category(&s.catalogue.categories[i]) })
		}
	}, nil
}

func (s *Server) getCategoryItems(c call) (result, error) {
	indexes, err := s.categoryIndexes(c)
	if err != nil {
		return nil, err
	}
	return s.items(c, indexes), nil
}

func (s *Server) getCategoryRuntimeItems(c call) (result, error) {
	indexes, err := s.categoryIndexes(c)
	if err != nil {
		return nil, err
	}
	return s.runtimes(c, indexes), nil
}

func (s *Server) categoryIndexes(c call) ([]int, error) {
	id, err := c.required("categoryId")
	if err != nil {
		return nil, err
	}
	indexes, ok := s.catalogue.byCategory[id]
	if !ok {
		return nil, refused("Категория %s не найдена.", id)
	}
	return indexes, nil
}

// items answers a list of ItemDto. Rows are made while they are written.
func (s *Server) items(c call, indexes []int) result {
	view := s.view(c)
	return func(e *encoder) {
		for _, i := range indexes {
			dto := view.item(i)
			e.element("ItemDto", func() { e.item(&dto) })
		}
	}
}

// runtimes answers a list of ItemRuntimeDto.
func (s *Server) runtimes(c call, indexes []int) result {
	view := s.view(c)
	return func(e *encoder) {
		for _, i := range indexes {
			dto := view.runtime(i)
			e.element("ItemRuntimeDto", func() { e.runtime(&dto) })
		}
	}
}

func (s *Server) getItemPortion(c call) (result, error) {
	indexes, total, err := s.portion(c.args.numbers["from"], c.args.numbers["to"])
	if err != nil {
		return nil, err
	}
	return portionOf(s.items(c, indexes), total), nil
}

func (s *Server) getRuntimeItemsPortion(c call) (result, error) {
	indexes, total, err := s.portion(c.args.numbers["from"], c.args.numbers["to"])
	if err != nil {
		return nil, err
	}
	return portionOf(s.runtimes(c, indexes), total), nil
}

func portionOf(items result, total int) result {
	return func(e *encoder) {
		e.element("Items", func() { items(e) })
		e.value("TotalCount", pieces64(int64(total)))
	}
}

// portion returns the rows of a window and its TotalCount under the semantics in force.
func (s *Server) portion(from, to int) (indexes []int, total int, err error) {
	size := len(s.catalogue.items)
	switch {
	case from < 0 || to < from:
		return nil, 0, misused("from, to: недопустимые границы порции %d..%d.", from, to)
	case from >= size && s.options.Answers.BeyondEndFaults:
		return nil, 0, refused("Порция %d..%d находится за пределами списка.", from, to)
	}
	first, end := from, min(to, size-1)+1 // documented: both bounds included, counted from zero
	if s.options.Portions == PortionsObserved {
		first, end = max(from-1, 0), min(to, size)
	}
	indexes = everything(size)[min(first, size):max(min(first, size), end)]
	if s.options.Portions == PortionsObserved || s.options.Answers.TotalIsLastIndex {
		return indexes, max(end-1, 0), nil
	}
	return indexes, size, nil
}

// everything lists 0..n-1.
func everything(n int) []int {
	indexes := make([]int, n)
	for i := range indexes {
		indexes[i] = i
	}
	return indexes
}

func (s *Server) getGoodsCompatibilityInformation(call) (result, error) {
	row := "CompatibilityDto"
	if s.options.Answers.FitsNamedAsList {
		row = portal.TypeCompatibles
	}
	return func(e *encoder) {
		for i := range s.catalogue.fits {
			e.element(row, func() { e.compatibility(&s.catalogue.fits[i]) })
		}
	}, nil
}
