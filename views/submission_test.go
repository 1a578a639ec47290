package views_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"storefront/internal/errkind"
	"storefront/internal/order"
	"storefront/views"
)

// states are all of a submission's.
var states = []order.State{
	order.Prepared, order.Baselined, order.Sending, order.Confirmed, order.NotSent, order.Rejected, order.Uncertain, order.NeedsBuyer,
	order.ProbablyNotCreated, order.Closed, order.LateFound,
}

func submissionPage(t *testing.T, name string) string {
	t.Helper()
	ctx := russian(t)
	for _, p := range orderingPages() {
		if p.name == name {
			return text(document(t, ctx, p.make(ctx)).Find(".verdict"))
		}
	}
	t.Fatalf("no page %s", name)
	return ""
}

func TestEveryStateHasItsWords(t *testing.T) {
	for name, want := range map[string]string{
		"submission-sending":               "Отправляем заказ поставщику. Окно можно закрыть: заказ не потеряется и не отправится дважды.",
		"submission-confirmed":             "Заказ № 4711 создан.",
		"submission-confirmed-list":        "Ответ поставщика не дошёл, но заказ № 4711 с этими позициями появился в его списке в 14:32. Считаем его вашим. Если такой же заказ мог сделать коллега, проверьте.",
		"submission-not-sent":              "Поставщик не отвечает. Заказ не отправлялся, корзина сохранена.",
		"submission-rejected":              "Поставщик отказал: «Количество не может быть отрицательным». Заказ не создан, корзина сохранена.",
		"submission-unknown":               "Заказ отправлен, подтверждения пока нет. Не оформляйте его повторно. Проверяем список заказов: проверено в 14:32:10, следующая проверка через 20 с.",
		"submission-probably-not":          "За 15 минут (7 проверок, последняя в 14:32) заказа в списке поставщика нет. Скорее всего, он не создан, но полной уверенности нет.",
		"submission-probably-not-answered": "За 42 секунды (3 проверки, последняя в 14:32) заказа в списке поставщика нет. Скорее всего, он не создан, но полной уверенности нет.",
		"submission-twin":                  "Заказ не отправлялся, корзина сохранена: у поставщика уже есть заказ № 4711 с точно такими же позициями.",
		"submission-answered":              "Поставщик создал заказ № 4711.Номер получен, но записать его у нас пока не получилось",
		"submission-again":                 "Это повторная отправка: первая, в 13:52, осталась без подтверждения.",
		"submission-late-found":            "Первый заказ всё же появился: № 4711 (и № 4712 после повтора). Возможен дубль.",
	} {
		if got := submissionPage(t, name); !strings.Contains(got, want) {
			t.Errorf("%s reads %q, want %q", name, got, want)
		}
	}
}

func TestTheWarningThatMattersIsStrong(t *testing.T) {
	for state, want := range map[order.State]string{
		order.NotSent: "не отправлялся", order.Uncertain: "Не оформляйте его повторно.", order.ProbablyNotCreated: "но полной уверенности нет",
	} {
		s := submissionIn(state, func(s *views.SubmissionSource) { s.Submission.FaultKind = string(errkind.Timeout) })
		found := false
		for _, span := range views.NewSubmission(russian(t), s).Words {
			found = found || span.Strong && span.Text == want
		}
		if !found {
			t.Errorf("%s does not stress %q", state, want)
		}
	}
}

// Where an order may exist, nobody is told that it does not.
func TestNoFalseCertainty(t *testing.T) {
	for _, state := range states {
		certain := state == order.Rejected
		s := submissionIn(state, func(s *views.SubmissionSource) {
			s.Submission.OrderID, s.Submission.Evidence, s.Submission.FaultKind = "4711", order.EvidenceAnswer, string(errkind.Technical)
			s.Submission.Answered, s.Submission.ReadsOK, s.Submission.LastReadAt = true, 3, ago(time.Minute)
		})
		words := ""
		for _, span := range views.NewSubmission(russian(t), s).Words {
			words += span.Text
		}
		if strings.Contains(words, "Заказ не создан") != certain {
			t.Errorf("%s: %q", state, words)
		}
	}
}

func TestThePageAsksAgainOnlyWhileSomethingCanChange(t *testing.T) {
	for _, state := range states {
		s := submissionIn(state, func(s *views.SubmissionSource) {
			o := reservedOrder()
			s.Order, s.Submission.SentAt = &o, ago(time.Hour)
		})
		polls := views.NewSubmission(russian(t), s).Poll != ""
		if want := state.Open() && state != order.NeedsBuyer || state.Watched(); polls != want {
			t.Errorf("%s: polls %v, want %v", state, polls, want)
		}
	}
}

func TestPollingSlowsAndEnds(t *testing.T) {
	for _, c := range []struct {
		state order.State
		age   time.Duration
		want  string
	}{
		{order.Sending, time.Second, "2s"}, {order.Uncertain, 5 * time.Minute, "5s"}, {order.Uncertain, 3 * time.Hour, "15s"},
		{order.Confirmed, time.Minute, "3s"}, {order.Confirmed, time.Hour, ""}, {order.Rejected, time.Second, ""},
		{order.ProbablyNotCreated, time.Hour, "60s"}, {order.Closed, 25 * time.Hour, ""},
	} {
		s := submissionIn(c.state, func(s *views.SubmissionSource) {
			s.Submission.CreatedAt, s.Submission.ChangedAt, s.Submission.SentAt = ago(c.age), ago(c.age), ago(c.age)
		})
		if got := views.NewSubmission(russian(t), s).Poll; got != c.want {
			t.Errorf("%s after %s: %q, want %q", c.state, c.age, got, c.want)
		}
	}
}

func TestTheRegionCarriesItsStateAndPollsItself(t *testing.T) {
	ctx := russian(t)
	for _, state := range states {
		page := document(t, ctx, views.SubmissionPage(frame("", ""), views.NewSubmission(ctx, submissionIn(state, nil))))
		region := page.Find(`#submission[data-testid="submission-state"]`)
		if got := region.AttrOr("data-state", ""); got != string(state) {
			t.Errorf("data-state = %q, want %s", got, state)
		}
		if polled := region.AttrOr("hx-get", ""); polled != "" {
			if polled != "/submissions/k7q2m4" || region.Find(`a[href="/submissions/k7q2m4"]`).Length() != 1 {
				t.Errorf("%s: polls %q without a way to reload", state, polled)
			}
		}
	}
}

func TestReservedAndMissingAreTheOrders(t *testing.T) {
	s := submissionIn(order.Confirmed, func(s *views.SubmissionSource) { o := reservedOrder(); s.Order = &o })
	p := views.NewSubmission(russian(t), s)
	got := fmt.Sprint(p.Lines[1].Ordered, " ", p.Lines[1].Reserved, " ", p.Lines[1].Missing, " ", p.Lines[1].Short, " ", p.Lines[0].Short)
	if got != "10 3 7 true false" {
		t.Errorf("lines: %s", got)
	}
}

// A distributor that answers several lines of one item has its quantities added up before they are compared.
func TestDifferencesOfCandidatesIgnoreHowLinesAreSplit(t *testing.T) {
	split := reservedOrder()
	split.Lines = []order.Line{orderedLine("0609-001174", "4", "0", "1"), orderedLine("2C918150", "24", "0", "1"), orderedLine("0609-001174", "6", "0", "1")}
	other := reservedOrder()
	other.Lines = []order.Line{orderedLine("2C918150", "20", "0", "1"), orderedLine("A/1", "1", "0", "1")}
	s := submissionIn(order.NeedsBuyer, func(s *views.SubmissionSource) { s.Candidates = []order.Order{split, other} })
	p := views.NewSubmission(russian(t), s)
	if len(p.Candidates[0].Differences) != 0 {
		t.Errorf("the split order differs: %q", p.Candidates[0].Differences)
	}
	want := []string{"2C918150: отправлено 24, в заказе 20", "0609-001174: отправлено 10, в заказе 0", "A/1: отправлено 0, в заказе 1"}
	if fmt.Sprint(p.Candidates[1].Differences) != fmt.Sprint(want) {
		t.Errorf("differences %q, want %q", p.Candidates[1].Differences, want)
	}
}
