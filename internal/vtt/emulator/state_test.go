package emulator_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/vtt/emulator"
	"storefront/internal/vtt/emulator/emulatortest"
)

// What an emulator knew when it stopped, or was killed, it knows when it starts again.
func TestStateContinues(t *testing.T) {
	file := filepath.Join(t.TempDir(), "emulator.json")
	clock := noon()
	start := func() *emulatortest.Server {
		return emulatortest.Start(t, func(o *emulator.Options) { o.Items, o.StateFile, o.Now = 120, file, clock.Now })
	}
	first := start()
	manager := as(t, first, "manager")
	item := manager.stocked(3)[0]
	id := manager.order(item.get("Id"), "3")
	manager.call("SetOrderNote", param("orderId", id)+param("note", "до обеда"))
	if err := first.Advance(90 * time.Minute); err != nil {
		t.Fatal(err)
	}
	see := func(s *emulatortest.Server) [3]string {
		c := as(t, s, "manager")
		o := c.call("GetOrderStatus", param("orderId", id)).result
		return [3]string{o.get("Status"), o.get("Note"), c.call("GetRuntimeItem", param("itemId", item.get("Id"))).result.get("AvailableQuantity")}
	}

	clock.now = clock.now.Add(time.Hour) // the second starts without the first having been closed
	second := start()
	if diff := cmp.Diff(first.Orders(), second.Orders()); diff != "" {
		t.Errorf("orders: %s", diff)
	}
	if want := [3]string{"Сборка", "до обеда", see(first)[2]}; see(second) != want {
		t.Errorf("%v, want %v", see(second), want)
	}
	if !second.Now().Equal(first.Now()) {
		t.Errorf("clock: %s, want %s", second.Now(), first.Now())
	}
	if a, b := as(t, first, "buyer").order(item.get("Id"), "1"), as(t, second, "buyer").order(item.get("Id"), "1"); a != b {
		t.Errorf("the next order is %s, was to be %s", b, a)
	}

	if err := second.Reset(); err != nil {
		t.Fatal(err)
	}
	fresh := emulatortest.Start(t, func(o *emulator.Options) { o.Items, o.Now = 120, clock.Now })
	if diff := cmp.Diff(fresh.Orders(), second.Orders()); diff != "" {
		t.Errorf("after a reset: %s", diff)
	}
	if !second.Now().Equal(clock.now) {
		t.Errorf("after a reset the clock shows %s", second.Now())
	}
}

func TestResetForgets(t *testing.T) {
	clock := noon()
	server := emulatortest.Start(t, func(o *emulator.Options) { o.Items, o.Now = 120, clock.Now })
	before := server.Orders()
	buyer := as(t, server, "buyer")
	buyer.order(buyer.stocked(1)[0].get("Id"), "1")
	if err := server.AddRules(emulator.Rule{Operation: "GetItem", Effect: emulator.Drop}); err != nil {
		t.Fatal(err)
	}
	if err := server.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := server.Reset(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, server.Orders()); diff != "" {
		t.Errorf("orders: %s", diff)
	}
	if len(server.Executions()) != 0 || len(server.Received()) != 0 {
		t.Errorf("counts: %v", server.Executions())
	}
	if a := buyer.call("GetItem", param("itemId", "A21101")); a.code != "" {
		t.Errorf("rules: %s", a.code)
	}
}

func TestStateThatCannotBeUsed(t *testing.T) {
	for about, content := range map[string]string{
		"not JSON":       `{"orders":`,
		"unknown branch": `{"orders":[{"number":1,"branch":17}]}`,
	} {
		file := filepath.Join(t.TempDir(), "emulator.json")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := emulator.New(emulator.Options{Items: 10, StateFile: file}); err == nil {
			t.Errorf("%s was taken", about)
		}
		if kept, _ := os.ReadFile(file); string(kept) != content {
			t.Errorf("%s was overwritten", about)
		}
	}
}

func TestSettingsThatMakeNoSense(t *testing.T) {
	account := emulator.Account{Login: "x", Password: "y", Dealer: "z", Branch: "Москва", Level: "1.25", Currency: "RUB"}
	with := func(change func(*emulator.Account)) []emulator.Account {
		a := account
		change(&a)
		return []emulator.Account{a}
	}
	for about, o := range map[string]emulator.Options{
		"age":            {Age: "2017"},
		"portions":       {Portions: "huge"},
		"items":          {Items: -1},
		"clock":          {ClockRate: -1},
		"delay":          {Delay: -1},
		"branch":         {ExtraAccounts: with(func(a *emulator.Account) { a.Branch = "Париж" })},
		"level":          {ExtraAccounts: with(func(a *emulator.Account) { a.Level = "cheap" })},
		"negative level": {ExtraAccounts: with(func(a *emulator.Account) { a.Level = "-1" })},
		"currency":       {ExtraAccounts: with(func(a *emulator.Account) { a.Currency = "EUR" })},
		"login":          {ExtraAccounts: with(func(a *emulator.Account) { a.Login = "buyer" })},
	} {
		if o.Items == 0 {
			o.Items = 10
		}
		if _, err := emulator.New(o); err == nil {
			t.Errorf("wrong %s was taken", about)
		}
	}
	server := emulatortest.Start(t, func(o *emulator.Options) { o.Items, o.ExtraAccounts = 10, with(func(*emulator.Account) {}) })
	accounts := server.Accounts()
	if first, last := accounts[0], accounts[len(accounts)-1]; first.Edit || !last.Edit || first.Dealer != last.Dealer || accounts[1].Dealer == first.Dealer || accounts[1].Level == first.Level {
		t.Errorf("accounts %+v", accounts)
	}
}
