package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// result is how one stage went. A nil err means that it passed.
type result struct {
	stage string
	took  time.Duration
	note  string
	err   error
}

// failure is a check that ran and found something; output is what it had to say.
type failure struct {
	what   string
	output string
}

func (f *failure) Error() string { return f.what }

// unable is a check that could not run. It is no better than one that failed.
type unable struct{ why string }

func (u *unable) Error() string { return u.why }

func cannotRun(format string, args ...any) error {
	return &unable{fmt.Sprintf(format, args...)}
}

// report prints results as they come and counts them.
type report struct {
	out     io.Writer
	started time.Time
	missing map[program]string

	passed         int
	failed, unable []string
}

// add prints one result, with the output of a failing check.
func (r *report) add(x result) {
	var found *failure
	var could *unable
	switch {
	case x.err == nil:
		r.passed++
		r.line(x, "ok", x.note)
	case errors.As(x.err, &could):
		r.unable = append(r.unable, x.stage)
		r.line(x, "COULD NOT RUN", could.why)
	default:
		r.failed = append(r.failed, x.stage)
		r.line(x, "FAILED", x.err.Error())
		if errors.As(x.err, &found) {
			fmt.Fprintln(r.out, tail(found.output, shownBytes))
		}
	}
}

func (r *report) line(x result, verdict, note string) {
	fmt.Fprintf(r.out, "%-16s %7s  %s", x.stage, round(x.took), verdict)
	if note != "" {
		fmt.Fprint(r.out, ": ", note)
	}
	fmt.Fprintln(r.out)
}

// close prints the closing lines and tells whether every stage passed. The last line has the form that test runners
// close with; what did not pass is named on the line before it.
func (r *report) close() bool {
	fmt.Fprintf(r.out, "%-16s %7s\n", "total", round(time.Since(r.started)))
	var what []string
	if len(r.failed) > 0 {
		what = append(what, "FAILED "+strings.Join(r.failed, ", "))
	}
	if len(r.unable) > 0 {
		what = append(what, "COULD NOT RUN "+strings.Join(r.unable, ", "))
	}
	if len(what) > 0 {
		fmt.Fprintln(r.out, "verify:", strings.Join(what, "; "))
	}
	bad := len(r.failed) + len(r.unable)
	fmt.Fprintf(r.out, "verify: %d passed, %d failed\n", r.passed, bad)
	return bad == 0
}

// shownBytes bounds what is shown of a failing check: its end says why.
const shownBytes = 24 << 10

func tail(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	s = s[len(s)-limit:]
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		s = s[i+1:]
	}
	return "[…]\n" + s
}

func round(d time.Duration) time.Duration {
	if d < time.Minute {
		return d.Round(100 * time.Millisecond)
	}
	return d.Round(time.Second)
}
