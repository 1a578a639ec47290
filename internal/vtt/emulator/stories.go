package emulator

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// story is trouble that a person can bring about with one press, to see what becomes of the next order.
type story struct {
	Name, About string
	rules       []Rule
}

// stories are the ones that the page offers. Each is about the next order.
func stories() []story {
	const (
		minute = Duration(time.Minute)
		second = Duration(time.Second)
	)
	next := func(effect Effect, delay Duration, code string) Rule {
		return Rule{Operation: "CreateOrder", Count: 1, Effect: effect, Delay: delay, Code: code}
	}
	return []story{
		{"Ответ потерян", "Заказ создан, но соединение оборвалось: заказ находится в списке.", []Rule{next(PerformAndDrop, 0, "")}},
		{"Ответ потерян, список отстаёт", "Новый заказ появляется в списке только через две минуты.",
			[]Rule{next(PerformAndDrop, 0, ""), {Operation: "GetOrders", Effect: Lag, Delay: 2 * minute}}},
		{"Ответ потерян, список не читается", "Заказ создан, но список заказов не читается, пока правила не сняты: состояние остаётся неизвестным.",
			[]Rule{next(PerformAndDrop, 0, ""), {Operation: "GetOrders", Nth: 2, Count: 1000, Effect: Refuse}}},
		{"Ответ оборван на полуслове", "Заказ создан, но дошла только половина ответа.", []Rule{next(Truncate, 0, "")}},
		{"Ответ без номера", "Заказ создан, но в ответе нет его номера.", []Rule{next(Blank, 0, "")}},
		{"Ошибка, но заказ создан", "Служба отвечает внутренней ошибкой уже после того, как заказ создан.", []Rule{next(PerformAndFault, 0, internalServiceFault)}},
		{"Ошибка, заказа нет", "Служба отвечает внутренней ошибкой, ничего не сделав.", []Rule{next(Refuse, 0, internalServiceFault)}},
		{"Отказ", "Служба отклоняет заказ: параметры неверны.", []Rule{next(Refuse, 0, contractError)}},
		{"Долго думает", "Служба отвечает через двадцать секунд: видно, как заказ отправляется.", []Rule{next(Delay, 20*second, "")}},
		{"Молчит", "Служба принимает заказ и не отвечает: через полторы минуты ожидание кончается, заказ не создан.", []Rule{next(Hang, 0, "")}},
		{"Молчит, но создаёт", "То же, но заказ создан.", []Rule{next(PerformAndHang, 0, "")}},
		{"Не выполнен", "Соединение оборвалось, заказа нет: это станет ясно только после тихого периода.", []Rule{next(Drop, 0, "")}},
		{"Выполнится через 5 минут", "Соединение оборвалось, а заказ создаётся позже: он находится в списке.", []Rule{next(PerformLater, 5*minute, "")}},
		{"Выполнится через 20 минут", "Заказ создаётся, когда его уже перестали ждать: он находится поздно.", []Rule{next(PerformLater, 20*minute, "")}},
		{"Дубль коллеги", "Ответ потерян, и в ту же минуту коллега заказывает то же самое.", []Rule{next(PerformAndTwin, 0, "")}},
		{"Заказ только коллеги", "Заказ не создан, но коллега заказал то же самое.", []Rule{next(Twin, 0, "")}},
		{"Недоступен", "Ни один вызов не проходит, пока правила не сняты: заказ не отправляется.", []Rule{{Effect: Drop}}},
	}
}

// formStory puts a story in force, in place of all rules.
func (s *Server) formStory(r *http.Request) error {
	all := stories()
	i := slices.IndexFunc(all, func(told story) bool { return told.Name == r.PostFormValue("story") })
	if i < 0 {
		return fmt.Errorf("no story %q", r.PostFormValue("story"))
	}
	s.ClearRules()
	return s.AddRules(all[i].rules...)
}

// About says in a few words what an effect does.
func (e Effect) About() string {
	switch e {
	case Refuse:
		return "отказать с кодом, не выполняя"
	case Delay:
		return "подождать и выполнить"
	case Slow:
		return "выполнить и отвечать по капле"
	case Truncate:
		return "выполнить, послать половину ответа"
	case Garble:
		return "выполнить, испортить ответ"
	case Drop:
		return "оборвать, не выполняя"
	case PerformAndDrop:
		return "выполнить и оборвать"
	case PerformAndFault:
		return "выполнить и ответить ошибкой с кодом"
	case Hang:
		return "молчать, не выполняя"
	case PerformAndHang:
		return "выполнить и молчать"
	case PerformLater:
		return "оборвать, выполнить позже"
	case Blank:
		return "выполнить, ответить пустым результатом"
	case Omit:
		return "выполнить, ответить без результата"
	case Double:
		return "выполнить, ответить двумя результатами"
	case Twin:
		return "оборвать; то же закажет коллега"
	case PerformAndTwin:
		return "выполнить и оборвать; то же закажет коллега"
	case Lag:
		return "скрыть заказы моложе срока"
	case Forget:
		return "скрыть заказы старше срока"
	case Halve:
		return "показать заказы через один"
	case Rearrange:
		return "переставить и разбить строки заказа"
	}
	return ""
}
