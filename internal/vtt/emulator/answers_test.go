package emulator_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"storefront/internal/vtt/emulator"
	"storefront/internal/vtt/emulator/emulatortest"
	"storefront/internal/vtt/portal"
)

func chosen(t *testing.T, names ...string) func(*emulator.Options) {
	t.Helper()
	answers, err := emulator.ParseAnswers(names)
	if err != nil {
		t.Fatal(err)
	}
	return func(o *emulator.Options) { o.Answers = answers }
}

// Every field of Answers can be set by name, and every name sets one field.
func TestEveryAnswerHasAName(t *testing.T) {
	settable := make(map[string]int)
	for _, name := range emulator.AnswerNames() {
		answers, err := emulator.ParseAnswers([]string{name})
		if err != nil {
			t.Fatal(err)
		}
		set, value := 0, reflect.ValueOf(answers)
		for i := range value.NumField() {
			if !value.Field(i).IsZero() {
				set++
				settable[value.Type().Field(i).Name]++
			}
		}
		if set != 1 {
			t.Errorf("%s sets %d fields", name, set)
		}
	}
	kind := reflect.TypeFor[emulator.Answers]()
	for i := range kind.NumField() {
		want := 1
		if kind.Field(i).Type.Kind() == reflect.String {
			want = 2 // a name for each of its words
		}
		if got := settable[kind.Field(i).Name]; got != want {
			t.Errorf("%s is set by %d names, want %d", kind.Field(i).Name, got, want)
		}
	}
}

func TestParseAnswers(t *testing.T) {
	for about, c := range map[string]struct {
		names []string
		want  emulator.Answers
		fails string
	}{
		"none":             {nil, emulator.Answers{}, ""},
		"an empty one":     {[]string{""}, emulator.Answers{}, ""},
		"one":              {[]string{"orders-per-login"}, emulator.Answers{OrdersPerLogin: true}, ""},
		"two, with spaces": {[]string{" orders-per-login", "add-item-sets "}, emulator.Answers{OrdersPerLogin: true, AddItemSets: true}, ""},
		"the last wins":    {[]string{"fault-prefix-a", "fault-prefix-none"}, emulator.Answers{FaultPrefix: "none"}, ""},
		"unknown":          {[]string{"orders-per-login", "orders-for-all"}, emulator.Answers{}, `"orders-for-all"`},
	} {
		got, err := emulator.ParseAnswers(c.names)
		if (err != nil) != (c.fails != "") || got != c.want {
			t.Errorf("%s: %+v, %v", about, got, err)
		}
		if err == nil {
			continue
		}
		for _, part := range append(emulator.AnswerNames(), c.fails) {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %v does not name %s", about, err, part)
			}
		}
	}
}

// What an answer changes of the contract is published too.
func TestOtherAnswersArePublished(t *testing.T) {
	published := func(names ...string) contract {
		server := emulatortest.Start(t, func(o *emulator.Options) { o.Items = 20 }, chosen(t, names...))
		document, _ := fetch(t, server.URL+"?singleWsdl")
		return readContract(t, parse(t, document))
	}
	without := published("no-usd-rub-rate")
	if _, there := without.elements["GetUsdRubRate"]; there || len(without.actions) != 17 || len(without.elements) != 34 {
		t.Errorf("%d operations and %d elements without GetUsdRubRate", len(without.actions), len(without.elements))
	}
	if got := published("rate-first").types["UsdRubRateDto"]; !slices.Equal(got, []string{"Course:decimal", "Day:dateTime"}) {
		t.Errorf("the rate is published as %v", got)
	}
	if got := published("fits-named-as-list").types["ArrayOfCompatibilityDto"]; !slices.Equal(got, []string{"ArrayOfCompatibilityDto:CompatibilityDto"}) {
		t.Errorf("rows are published as %v", got)
	}
	if got := len(published("optional-operations").actions); got != 21 {
		t.Errorf("%d operations with the optional ones", got)
	}
	if got := len(published("optional-operations", "no-usd-rub-rate").actions); got != 20 {
		t.Errorf("%d operations with the optional ones, without the rate", got)
	}
	older := emulatortest.Start(t, func(o *emulator.Options) { o.Items = 20 }, chosen(t, emulator.AnswerNames()...), func(o *emulator.Options) { o.Age = "2016" })
	if document, _ := fetch(t, older.URL+"?singleWsdl"); len(readContract(t, parse(t, document)).actions) != 16 {
		t.Error("the older age is not what it was")
	}
}

// Whatever an answer is, what comes keeps the contract that is published with it; ItemLifeTime alone may come twice.
func TestOtherAnswersKeepTheContract(t *testing.T) {
	for _, name := range emulator.AnswerNames() {
		if name == "life-time-twice" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			server := emulatortest.Start(t, func(o *emulator.Options) { o.Items = 60 }, chosen(t, name))
			document, _ := fetch(t, server.URL+"?singleWsdl")
			c := readContract(t, parse(t, document))
			manager := as(t, server, "manager")
			item := manager.stocked(10)[0].get("Id")
			for _, o := range portal.Operations(portal.Current) {
				if _, there := c.actions[o.Name]; !there {
					continue
				}
				a := manager.call(o.Name, parametersFor(manager, item, o))
				if a.code != "" {
					t.Errorf("%s: %s: %s", o.Name, a.code, a.reason)
				}
				check(t, c, o.Name, o.Result, a.result, make(map[string]bool))
			}
		})
	}
}

func TestOptionalOperations(t *testing.T) {
	server := emulatortest.Start(t, chosen(t, "optional-operations"))
	buyer := as(t, server, "buyer")
	fits, numbers := make(map[string][]string), make(map[string]string)
	for _, row := range as(t, server, "manager").call("GetGoodsCompatibilityInformation", "").result.list("CompatibilityDto") {
		fits[row.get("ItemId")] = append(fits[row.get("ItemId")], row.get("ModelBrand")+" "+row.get("ModelName"))
	}
	items := buyer.call("GetItems", "").result.list("ItemDto")
	for _, n := range items {
		numbers[n.get("Id")] = n.get("OriginalNumber")
	}
	akin := func(a, b string) bool {
		common := slices.ContainsFunc(fits[a], func(device string) bool { return slices.Contains(fits[b], device) })
		return common || numbers[a] != "" && numbers[a] == numbers[b]
	}
	found := 0
	for _, n := range items[:40] {
		id := n.get("Id")
		related := ids(buyer.call("GetRelatedItems", param("itemId", id)).result.list("ItemDto"))
		for _, other := range related {
			if other == id || !akin(id, other) {
				t.Errorf("%s is shown beside %s", other, id)
			}
		}
		found += len(related)
	}
	if found == 0 {
		t.Error("nothing is related to anything")
	}
	if a := buyer.call("GetRelatedItems", param("itemId", "no such item")); a.code != "BUSINESS_LOGIC_ERROR" {
		t.Errorf("an unknown item: %q", a.code)
	}
	attributes := buyer.call("GetAdditionalAttributes", "").result.list("AdditionalAttributeDto")
	for _, n := range attributes {
		if n.get("CategoryId") == "" || n.get("ItemId") == "" || n.get("IntValue") == "" && n.get("StringValue") == "" {
			t.Errorf("attribute %+v", n)
		}
	}
	if len(attributes) == 0 {
		t.Error("no attributes")
	}
	if a := buyer.call("ExportInvoiceXml", param("orderId", server.Orders()[0].ID)); a.code != "" || !strings.Contains(a.result.Text, "<Invoice") {
		t.Errorf("invoice %q %q", a.code, a.result.Text)
	}
}
