package sqlite

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Micros writes a moment for a column: microseconds since 1970 in UTC, 0 for the zero time.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time reads what Micros wrote, in UTC.
func Time(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

// At scans what Micros wrote into a time.
func At(t *time.Time) sql.Scanner { return moment{t} }

type moment struct{ t *time.Time }

func (m moment) Scan(value any) error {
	micros, ok := value.(int64)
	if !ok {
		return fmt.Errorf("a moment in the database is a %T", value)
	}
	*m.t = Time(micros)
	return nil
}

// JSON writes what v points to as JSON text, and scans such text into it.
func JSON(v any) interface {
	sql.Scanner
	driver.Valuer
} {
	return jsonText{v}
}

type jsonText struct{ v any }

func (j jsonText) Value() (driver.Value, error) {
	text, err := json.Marshal(j.v)
	return string(text), err
}

func (j jsonText) Scan(value any) error {
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("a JSON text in the database is a %T", value)
	}
	return json.Unmarshal([]byte(text), j.v)
}

// Placeholders writes n numbered placeholders from $first on, for an IN list.
func Placeholders(first, n int) string {
	marks := make([]string, n)
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(first+i)
	}
	return strings.Join(marks, ",")
}

// Contains makes a LIKE pattern, for ESCAPE '\', that matches text anywhere as it is written.
func Contains(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}
