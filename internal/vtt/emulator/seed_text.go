package emulator

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"storefront/internal/vtt/portal"
)

// name builds a name as the distributor does: kind, printers, maker in brackets, number, colour, yield; and misspells it with
// letters that look alike as often as real names are.
func (g *generator) name(d draft) string {
	mark := "(" + d.maker + ")"
	if d.original {
		mark = "(O)"
		if g.percent(14) {
			mark = "(О)" // Cyrillic
		}
	}
	name := g.words(d, mark)
	if d.showcase && d.maker == "China" {
		return disguise(name, 0)
	}
	if g.random.IntN(1000) < 27 {
		return disguise(name, g.random.IntN(8))
	}
	return name
}

func (g *generator) words(d draft, mark string) string {
	noun, s := d.group.noun, d.supply
	if d.group.style == "plain" {
		return noun + " " + mark + " " + d.group.variants[g.random.IntN(len(d.group.variants))]
	}
	printers := s.make + " " + s.printers
	maker := d.maker + " "
	if d.original {
		maker = ""
	}
	switch d.group.style {
	case "cartridge":
		name := fmt.Sprintf("%s %s %s %s", noun, printers, mark, s.number)
		if s.ofColour {
			name += ", " + s.colour.code
		}
		return name + ", " + g.yield(s)
	case "chip":
		return fmt.Sprintf("%s %sк картриджу %s (%s), %s, %s", noun, maker, printers, s.number, s.colour.code, g.yield(s))
	case "toner":
		pack := []string{"65 г, банка", "80 г, банка", "100 г, банка", "240 г, банка", "500 г, канистра", "1 кг, пакет"}
		if d.group.weight > 5000 {
			pack = []string{"10 кг, пакет", "20 кг, коробка"}
		}
		return fmt.Sprintf("%s %sдля %s, %s, %s", noun, maker, printers, s.colour.code, pack[g.random.IntN(len(pack))])
	case "ink":
		volume := []string{"70мл", "100мл", "140мл", "0,5л", "1л"}
		if d.original {
			return fmt.Sprintf("%s %s %s %s, %s, %s", noun, printers, mark, s.number, s.colour.code, s.yield)
		}
		return fmt.Sprintf("%s %sдля %s (%s), %s, %s", noun, maker, printers, s.number, s.colour.code, volume[g.random.IntN(len(volume))])
	}
	name := fmt.Sprintf("%s %sдля %s", noun, maker, printers)
	if d.original {
		name = fmt.Sprintf("%s %s %s", noun, printers, mark)
	}
	return name
}

// yield spells what a supply yields: thousands of pages with a K of either alphabet, or millilitres.
func (g *generator) yield(s *supply) string {
	pages, err := strconv.Atoi(s.yield)
	if err != nil {
		return s.yield
	}
	if pages < 1000 {
		return strconv.Itoa(pages) + " стр."
	}
	return g.thousands(pages)
}

func (g *generator) thousands(pages int) string {
	text := strings.Replace(strconv.FormatFloat(float64(pages)/1000, 'f', -1, 64), ".", ",", 1)
	if g.random.IntN(1000) < 187 {
		return text + "К" // Cyrillic
	}
	return text + "K"
}

// lookalikes maps Latin letters to Cyrillic ones that nobody can tell apart on paper.
func lookalikes() map[rune]rune {
	latin, cyrillic := []rune("ABCEHKMOPTXacekopxy"), []rune("АВСЕНКМОРТХасекорху")
	table := make(map[rune]rune)
	for i, r := range latin {
		table[r] = cyrillic[i]
	}
	return table
}

// latinWord is a word that a look-alike can hide in: brand, number, colour.
var latinWord = regexp.MustCompile(`[A-Za-z]+[A-Za-z0-9]+`)

// disguise replaces one letter of one word. nth chooses the word, counted from the end, where numbers stand.
func disguise(name string, nth int) string {
	table := lookalikes()
	words := latinWord.FindAllStringIndex(name, -1)
	for i := range words {
		at := words[len(words)-1-(i+nth)%len(words)]
		word := name[at[0]:at[1]]
		for j, r := range word {
			if twin, ok := table[r]; ok && r != 'K' { // a lone K is a yield's
				return name[:at[0]+j] + string(twin) + name[at[0]+j+1:]
			}
		}
	}
	return name
}

// describe fills everything that is text.
func (g *generator) describe(d draft, dto *portal.ItemDto) {
	dto.Brand = portal.Text(d.maker)
	dto.Vendor, dto.OriginalNumber, dto.ItemLifeTime = g.nothing(), g.nothing(), g.nothing()
	dto.ColorId, dto.ColorName = portal.Null(), portal.Null()
	dto.NameAlias = portal.Text(d.group.noun + " " + d.maker)
	if s := d.supply; s != nil {
		dto.Vendor = portal.Text(s.make)
		dto.NameAlias = portal.Text(s.number + " " + d.maker)
		if !g.percent(11) { // with plain goods, which have no number, one in five is empty
			dto.OriginalNumber = portal.Text(g.original(d))
		}
		if d.group.style != "part" {
			g.colour(s, dto)
			dto.ItemLifeTime = portal.Text(g.lifeTime(s))
		}
	}
	dto.Barcode = portal.Text(g.barcode())
	dto.BarCode = portal.Null()
	if g.percent(70) {
		dto.BarCode = dto.Barcode
	}
	labels := g.labels(d)
	dto.Description = portal.Text(strings.Join(append(labels, g.pitch(d)), ". "))
	dto.Compatibility = g.compatibility(d, labels)
}

func (g *generator) colour(s *supply, dto *portal.ItemDto) {
	dto.ColorName = portal.Text(s.colour.name)
	dto.ColorId = pieces64(int64(slices.Index(colours(), s.colour)) + 1)
}

// lifeTime spells a yield in any of the ways that ItemLifeTime does.
func (g *generator) lifeTime(s *supply) string {
	if _, err := strconv.Atoi(s.yield); err == nil && g.percent(30) {
		return s.yield
	}
	return g.yield(s)
}

// original is the OEM number: of the supply, or of the part itself where the item is one.
func (g *generator) original(d draft) string {
	if d.group.style != "part" || !d.original {
		return d.supply.number
	}
	n := g.random.IntN(10_000)
	switch d.supply.make {
	case "HP":
		return fmt.Sprintf("RM1-%04d-000CN", n)
	case "Canon":
		return fmt.Sprintf("FM3-%04d-000", n)
	case "Kyocera-Mita":
		return fmt.Sprintf("302H%04d0", n)
	case "Xerox":
		return fmt.Sprintf("022N0%04d", n)
	case "Samsung":
		return fmt.Sprintf("JC66-0%04dA", n)
	case "Brother":
		return fmt.Sprintf("LY%04d001", n)
	case "Ricoh":
		return fmt.Sprintf("B%03d-%04d", n%1000, n)
	}
	return fmt.Sprintf("%07d", n*37)
}

// Labels that open a description, and how many items of a hundred have them.
const damaged = "Поврежденная упаковка"

func (g *generator) labels(d draft) (labels []string) {
	for _, label := range []struct {
		text    string
		percent int
	}{
		{"Товары TOP80", 9}, {"Новинка", 6}, {"Товары под заказ", 7}, {"Товар для распродажи", 5}, {damaged, 16}, {"Снят с производства", 3},
	} {
		if g.percent(label.percent) && !(d.showcase && label.text != "Товары TOP80") {
			labels = append(labels, label.text)
		}
	}
	return labels
}

// pitch is the rest of a description.
func (g *generator) pitch(d draft) string {
	kind := "Совместимый расходный материал"
	if d.original {
		kind = "Оригинальный товар производителя"
	}
	if d.group.style == "plain" {
		kind = d.group.name
	}
	endings := []string{
		"поставляется в картонной упаковке", "гарантия 12 месяцев", "хранить при температуре от 0 до 35 °C", "проверено в сервисном центре", "упаковка производителя",
	}
	return kind + ", " + endings[g.random.IntN(len(endings))] + "."
}

// compatibility is free text: models, remarks, instructions, and now and then a label.
func (g *generator) compatibility(d draft, labels []string) portal.Value {
	if d.supply == nil {
		return g.nothing()
	}
	models := make([]string, 0, len(d.supply.devices))
	for _, device := range d.supply.devices {
		models = append(models, device.model)
	}
	text := d.supply.make + " " + strings.Join(models, []string{", ", "/", "; "}[g.random.IntN(3)])
	remark := g.random.IntN(8)
	if d.group.style != "cartridge" {
		remark += 2 // chips are a matter of cartridges
	}
	switch remark {
	case 0:
		text += ", с чипом"
	case 1:
		text += ", без чипа"
	case 2:
		text += ". Перед установкой встряхнуть 5-6 раз, снять защитную ленту."
	case 3:
		text += " (для аппаратов с прошивкой до 2020 г.)"
	}
	if slices.Contains(labels, damaged) && g.percent(50) {
		text += ". " + damaged
	}
	return portal.Text(text)
}
