package catalog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"storefront/internal/catalog"
)

func TestLabels(t *testing.T) {
	for _, c := range []struct {
		name string
		item catalog.Item
		want []catalog.Label
	}{
		{"nothing said", catalog.Item{Name: "Картридж HP LJ Pro M125 (Hi-Black) CF283A, 1,5K"}, nil},
		{"one label", catalog.Item{Description: "Товары TOP80"}, []catalog.Label{catalog.LabelTop80}},
		{"Cyrillic ТОР80", catalog.Item{Description: "ТОВАРЫ ТОР80. Совместимый картридж"}, []catalog.Label{catalog.LabelTop80}},
		{"several, however separated", catalog.Item{Description: "Новинка; Товары  TOP80,\nТовары под заказ | Картридж"},
			[]catalog.Label{catalog.LabelTop80, catalog.LabelNew, catalog.LabelOnOrder}},
		{"sale", catalog.Item{Description: "Товар для распродажи Картридж для принтера"}, []catalog.Label{catalog.LabelSale}},
		{"damaged, ё", catalog.Item{Description: "Повреждённая упаковка."}, []catalog.Label{catalog.LabelDamaged}},
		{"damaged, said in the compatibility text", catalog.Item{Compatibility: "LJ P1005, с чипом, Поврежденная  упаковка"},
			[]catalog.Label{catalog.LabelDamaged}},
		{"said twice", catalog.Item{Description: "Поврежденная упаковка", Compatibility: "Поврежденная упаковка"}, []catalog.Label{catalog.LabelDamaged}},
		{"discontinued", catalog.Item{Description: "Снят с производства"}, []catalog.Label{catalog.LabelDiscontinued}},
		{"inside a sentence", catalog.Item{Description: "Замена картриджу, который снят с производства. Новинка"}, nil},
		{"part of a longer word", catalog.Item{Description: "Новинкам рады"}, nil},
		{"original, Latin O", catalog.Item{Name: "Картридж HP CE285A (O)"}, []catalog.Label{catalog.LabelOriginal}},
		{"original, Cyrillic О", catalog.Item{Name: "Картридж HP CE285A (О), 1,6K"}, []catalog.Label{catalog.LabelOriginal}},
		{"a zero is no O", catalog.Item{Name: "Картридж HP (0)"}, nil},
	} {
		if diff := cmp.Diff(c.want, catalog.Labels(c.item), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
