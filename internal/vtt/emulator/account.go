package emulator

import (
	"fmt"
	"slices"
)

// Account is somebody who may call the service.
type Account struct {
	Login    string `json:"login"`
	Password string `json:"password"`
	Dealer   string `json:"dealer"`   // logins of one dealer see the same orders
	Branch   string `json:"branch"`   // whose stock is AvailableQuantity; one of Branches
	Level    string `json:"level"`    // price level by name, or a factor such as "1.05"
	Currency string `json:"currency"` // of new orders: USD, RUB, KZN
	Edit     bool   `json:"edit"`     // may edit orders
	Hidden   bool   `json:"hidden"`   // a program's own account, not for people
	About    string `json:"about"`
}

// Branches lists where a buyer's goods may come from. The head office is none of them: its stock is MainOfficeQuantity.
func Branches() []string {
	return []string{"Москва", "Санкт-Петербург", "Екатеринбург", "Новосибирск", "Алматы"}
}

const branchCount = 5

// newAccounts puts the built-in accounts, extra ones and the manager in their order and checks them.
func newAccounts(extra []Account) ([]Account, error) {
	first := Account{
		Login: "buyer", Password: "apricot", Dealer: "ООО «Ромашка»", Branch: "Москва", Level: levelBase, Currency: "USD",
		About: "buyer of «Ромашка», may not edit orders",
	}
	accounts := []Account{
		first,
		{
			Login: "neighbour", Password: "bergamot", Dealer: "ООО «Невский картридж»", Branch: "Санкт-Петербург", Level: levelSmall, Currency: "USD",
			About: "buyer of another dealer with other prices, may not edit orders",
		},
		{
			Login: "ural", Password: "cinnamon", Dealer: "ИП Уральский", Branch: "Екатеринбург", Level: levelLarge, Currency: "RUB",
			About: "manager who orders in roubles, may edit orders", Edit: true,
		},
		{
			Login: "almaty", Password: "dill&<saffron>", Dealer: "ТОО «Алатау»", Branch: "Алматы", Level: levelExport, Currency: "KZN",
			About: "buyer who orders in tenge, may not edit orders; a password that must be escaped",
		},
		{
			Login: "service", Password: "nutmeg", Dealer: "Витрина", Branch: "Москва", Level: levelBase, Currency: "USD", Hidden: true, Edit: true,
			About: "the storefront's own account, orders nothing",
		},
	}
	accounts = append(accounts, extra...)
	manager := first
	manager.Login, manager.Password, manager.Edit = "manager", "tarragon", true
	manager.About = "manager of «Ромашка», may edit orders"
	accounts = append(accounts, manager)
	return accounts, checkAccounts(accounts)
}

func checkAccounts(accounts []Account) error {
	seen := make(map[string]bool)
	for _, a := range accounts {
		if _, err := levelFactor(a.Level); err != nil {
			return fmt.Errorf("emulator: account %q: %w", a.Login, err)
		}
		switch {
		case a.Login == "" || seen[a.Login]:
			return fmt.Errorf("emulator: account %q: empty or repeated login", a.Login)
		case a.branch() < 0:
			return fmt.Errorf("emulator: account %q: unknown branch %q", a.Login, a.Branch)
		case !slices.Contains(currencies(), a.Currency):
			return fmt.Errorf("emulator: account %q: unknown currency %q", a.Login, a.Currency)
		}
		seen[a.Login] = true
	}
	return nil
}

// branch is the index of the account's branch, negative where there is no such branch.
func (a Account) branch() int { return slices.Index(Branches(), a.Branch) }

// authenticate finds the account of a login and password; both are compared exactly.
func (s *Server) authenticate(login, password string) (Account, bool) {
	i := slices.IndexFunc(s.accounts, func(a Account) bool { return a.Login == login && a.Password == password })
	if i < 0 {
		return Account{}, false
	}
	return s.accounts[i], true
}
