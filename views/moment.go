package views

import (
	"context"
	"time"

	"storefront/internal/i18n"
)

// Moment is a time as people read it (Text) and as machines do (Machine, RFC 3339). The zero Moment shows nothing.
type Moment struct{ Text, Machine string }

// Known tells whether there is a time to show.
func (m Moment) Known() bool { return m.Text != "" }

// clock writes the hour of a time of today and the whole date otherwise, in the zone of now.
func clock(ctx context.Context, t, now time.Time) Moment {
	t = t.In(now.Location())
	if sameDay(t, now) {
		return moment(t, "15:04")
	}
	return dateAndHour(ctx, t, now)
}

// dateAndHour always writes the date, for what is kept longer than a day.
func dateAndHour(ctx context.Context, t, now time.Time) Moment {
	return moment(t.In(now.Location()), dateLayout(ctx)+" 15:04")
}

// seconds writes the hour with seconds, for what is being watched.
func seconds(t, now time.Time) Moment { return moment(t.In(now.Location()), "15:04:05") }

// date writes the day alone.
func date(ctx context.Context, t, now time.Time) Moment {
	return moment(t.In(now.Location()), dateLayout(ctx))
}

func moment(t time.Time, layout string) Moment {
	if t.IsZero() {
		return Moment{}
	}
	return Moment{Text: t.Format(layout), Machine: t.Format(time.RFC3339)}
}

func dateLayout(ctx context.Context) string {
	if i18n.Lang(ctx) == "ru" {
		return "02.01.2006"
	}
	return "2 Jan 2006"
}

func sameDay(a, b time.Time) bool {
	return a.Year() == b.Year() && a.YearDay() == b.YearDay()
}
