package doctor

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// Print writes the report for people.
func (r Report) Print(w io.Writer) error {
	p := &printer{out: w}
	p.section(r.Address)
	p.channel(r)
	p.contract(r.Contract)
	if r.Account.Accepted {
		p.section("One call each")
		p.table(func(t io.Writer) {
			for _, c := range r.Calls {
				fmt.Fprintf(t, "  %s\t%s\n", c.Operation, c)
			}
		})
		p.beliefs(r.Beliefs)
	}
	p.line("")
	p.line("Verdict: %s", r.Verdict)
	for _, why := range r.Reasons {
		p.line("  - %s", why)
	}
	return p.err
}

// printer writes lines; the first error stays.
type printer struct {
	out io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.out, format+"\n", args...)
	}
}

func (p *printer) section(title string) {
	p.line("")
	p.line("%s", title)
}

func (p *printer) table(rows func(io.Writer)) {
	t := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	rows(t)
	if err := t.Flush(); p.err == nil {
		p.err = err
	}
}

func (p *printer) channel(r Report) {
	if r.Channel.Error != "" {
		p.line("  not reached (%s): %s", r.Channel.Cause, r.Channel.Error)
		return
	}
	if r.Channel.Plain {
		p.line("  plain http: logins and passwords travel in clear")
	}
	if r.Channel.Proxy {
		p.line("  through the proxy of VTT_PROXY")
	}
	if ms := r.Channel.ClockDifference; ms != nil {
		p.line("  its clock %s", clockWords(time.Duration(*ms)*time.Millisecond))
	}
	if !r.Account.Accepted {
		p.line("  login %q was not accepted: %s", r.Account.Login, r.Account.Error)
		return
	}
	p.line("  login %q was accepted; may edit orders: %s", r.Account.Login, r.Account.MayEdit)
}

// clockWords says how two clocks differ; what may be rounding is no difference.
func clockWords(ahead time.Duration) string {
	switch {
	case ahead.Abs() <= time.Second:
		return "agrees with ours"
	case ahead < 0:
		return "is behind ours by " + ahead.Abs().String()
	}
	return "is ahead of ours by " + ahead.String()
}

func (p *printer) contract(c Contract) {
	p.section("Contract")
	if c.Error != "" {
		p.line("  not published (%s); the documentation's table serves", c.Error)
		return
	}
	p.line("  from ?%s: %d operations, nearest to the age %q", c.Source, c.Operations, c.Age)
	for _, op := range c.Missing {
		p.line("  not published: %s", op)
	}
	for _, name := range c.Strangers {
		p.line("  not known here: %s", name)
	}
	for _, d := range c.Differences {
		p.line("  %s", d)
	}
}

func (p *printer) beliefs(list []Belief) {
	p.section("Beliefs")
	p.table(func(t io.Writer) {
		for _, b := range list {
			answer := b.Answer
			if answer == "" {
				answer = b.Detail
			}
			fmt.Fprintf(t, "  %d\t%s\t%s\t%s\n", b.Number, b.Outcome, b.Question, answer)
			if b.Otherwise != "" {
				fmt.Fprintf(t, "  \t\t  believed %s; %s\t\n", b.Believed, b.Otherwise)
			}
		}
	})
}
