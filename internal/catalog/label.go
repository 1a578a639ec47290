package catalog

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Label marks an item in lists. The value is the code that pages and facets use.
type Label string

// The labels that the distributor's texts are known to carry.
const (
	LabelTop80        Label = "top80"
	LabelNew          Label = "new"
	LabelOnOrder      Label = "on_order"
	LabelSale         Label = "sale"
	LabelDamaged      Label = "damaged" // the packaging, not the item
	LabelDiscontinued Label = "discontinued"
	LabelOriginal     Label = "original" // made by the maker of the printer
)

// AllLabels returns every label in the order that Labels keeps.
func AllLabels() []Label {
	return []Label{LabelTop80, LabelNew, LabelOnOrder, LabelSale, LabelDamaged, LabelDiscontinued, LabelOriginal}
}

// phrase is what stands for a label at the opening of a description, folded.
type phrase struct {
	label Label
	words string
}

var phrases = []phrase{
	{LabelTop80, foldWords("Товары TOP80")},
	{LabelNew, foldWords("Новинка")},
	{LabelOnOrder, foldWords("Товары под заказ")},
	{LabelSale, foldWords("Товар для распродажи")},
	{LabelDamaged, damagedWords},
	{LabelDiscontinued, foldWords("Снят с производства")},
}

var damagedWords = foldWords("Поврежденная упаковка")

// Labels returns what the texts of an item say about it, each label once, in the order of AllLabels.
//
// A description opens with its labels; further on the same words belong to a sentence («взамен модели, снятой с
// производства») and mean nothing. Damaged packaging is also noted anywhere in the compatibility text, and an original is
// marked «(O)» in the name, in either alphabet.
func Labels(item Item) []Label {
	found := openingLabels(item.Description)
	if strings.Contains(foldWords(item.Compatibility), damagedWords) {
		found[LabelDamaged] = true
	}
	if strings.Contains(Fold(item.Name), "(o)") {
		found[LabelOriginal] = true
	}
	var labels []Label
	for _, label := range AllLabels() {
		if found[label] {
			labels = append(labels, label)
		}
	}
	return labels
}

// openingLabels takes label after label from the beginning of a description until something else comes.
func openingLabels(description string) map[Label]bool {
	found := make(map[Label]bool)
	rest := foldWords(description)
	for {
		rest = strings.TrimLeftFunc(rest, func(r rune) bool { return !isWordRune(r) })
		label, behind, ok := cutLabel(rest)
		if !ok {
			return found
		}
		found[label], rest = true, behind
	}
}

// cutLabel takes one label, as whole words, from the beginning of folded text.
func cutLabel(text string) (Label, string, bool) {
	for _, p := range phrases {
		behind, ok := strings.CutPrefix(text, p.words)
		if next, _ := utf8.DecodeRuneInString(behind); ok && (behind == "" || !isWordRune(next)) {
			return p.label, behind, true
		}
	}
	return "", text, false
}

// foldWords folds text and joins its words with single spaces.
func foldWords(s string) string { return strings.Join(strings.Fields(Fold(s)), " ") }

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
