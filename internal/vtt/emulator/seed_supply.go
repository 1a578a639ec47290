package emulator

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// supply is a real consumable of real printers: what generated items are made for.
type supply struct {
	kind, make string
	printers   string // as names print them: «LJ Pro M125/M127/M201»
	devices    []device
	number     string // the OEM's
	colour     colour
	ofColour   bool   // the device prints in colour
	yield      string // pages, or millilitres ending in «мл»
	price      int64  // of the original, in cents
}

// device is a printer that a supply fits.
type device struct{ category, model string }

// colour is a colour as names and ColorName tell it.
type colour struct{ code, name string }

// colours lists the dictionary in the order of ColorId, which counts from one.
func colours() []colour {
	return []colour{
		{"Bk", "Черный"}, {"C", "Голубой"}, {"M", "Пурпурный"}, {"Y", "Желтый"}, {"Color", "Цветной"},
		{"MattBk", "Матовый черный"}, {"Grey", "Серый"}, {"LC", "Светло-голубой"}, {"LM", "Светло-пурпурный"},
	}
}

// parseSupplies reads supplies.txt. The file is ours, so a mistake in it is a panic.
func parseSupplies(text string) []*supply {
	byCode := make(map[string]colour)
	for _, c := range colours() {
		byCode[c.code] = c
	}
	var list []*supply
	for _, row := range rows(text) {
		kind, maker, family, models := row[0], row[1], row[2], strings.Split(row[3], ",")
		numbers, yields := strings.Split(row[4], " "), strings.Fields(row[5])
		if !strings.Contains(row[4], "=") && len(numbers) != 4 {
			numbers = []string{row[4]} // one number, which may hold a space
		}
		price, err := strconv.ParseInt(row[6], 10, 64)
		if err != nil {
			panic(fmt.Sprintf("supplies: price of %v: %v", row, err))
		}
		devices := devicesOf(kind, family, models)
		for i, number := range numbers {
			number, code, explicit := strings.Cut(number, "=")
			if !explicit {
				code = []string{"Bk", "C", "Y", "M"}[i]
			}
			list = append(list, &supply{
				kind: kind, make: maker, printers: printersOf(family, models), devices: devices, number: number,
				colour: byCode[code], ofColour: len(numbers) > 1, yield: yields[min(i, len(yields)-1)], price: price * 100,
			})
		}
	}
	return list
}

// rows cuts a table of text into cells, leaving out comments and empty lines.
func rows(text string) (table [][]string) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		cells := strings.Split(line, "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		table = append(table, cells)
	}
	return table
}

// alone recognises a model with a word of its own: MFC-7320R, WorkCentre 3045.
var alone = regexp.MustCompile(`^[A-Za-z]{2,}[- ]`)

// modelName joins a family and a model.
func modelName(family, model string) string {
	model = strings.TrimSuffix(model, "*")
	switch {
	case strings.HasPrefix(model, "!"):
		return model[1:]
	case family == "" || alone.MatchString(model):
		return model
	case strings.HasSuffix(family, "-"):
		return family + model
	case strings.HasSuffix(family, "+"):
		return strings.TrimSuffix(family, "+") + model
	}
	return family + " " + model
}

// printersOf lists at most three models, the family once.
func printersOf(family string, models []string) string {
	names := make([]string, 0, 3)
	for i, model := range models[:min(len(models), 3)] {
		name := modelName(family, model)
		if i > 0 {
			name = strings.TrimPrefix(name, modelName(family, ""))
		}
		names = append(names, name)
	}
	return strings.Join(names, "/")
}

// devicesOf names every model in full and its category.
func devicesOf(kind, family string, models []string) []device {
	technology := map[string]string{"ink": "струйн", "bottle": "струйн", "ribbon": "матричн"}[kind]
	if technology == "" {
		technology = "лазерн"
	}
	full := strings.NewReplacer("CLJ", "Color LaserJet", "LJ", "LaserJet", "DJ", "DeskJet", "OJ", "OfficeJet").Replace(family)
	list := make([]device, 0, len(models))
	for _, model := range models {
		category := "Принтер " + technology + "ый"
		if strings.HasSuffix(model, "*") {
			category = "МФУ " + technology + "ое"
		}
		list = append(list, device{category, modelName(full, model)})
	}
	return list
}
