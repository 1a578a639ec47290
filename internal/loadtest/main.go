// Command loadtest measures the storefront from outside, under load, and says which targets are met.
//
//	go run ./internal/loadtest          about ten minutes on two cores
//	go run ./internal/loadtest -quick   under half a minute: that everything runs and compares, not how fast it is
//
// Storefronts, emulators and the pages from memory are processes of their own (this program again, in one of its roles). The
// storefronts share one core, load and emulators the other one, so that what is measured is the storefront. What is compared
// is measured in turn, round after round, and medians are taken: a machine that is busy with something else slows both alike.
//
// It works on loopback, in a temporary folder, for a bounded time, and leaves nothing behind.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// atMost bounds a run whatever happens.
const atMost = 30 * time.Minute

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, atMost)
	err := run(ctx, os.Args[1:], os.Stdout)
	cancel()
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "loadtest:", err)
		os.Exit(1)
	}
}

// run is one of the program's roles where the first argument names one, and the measuring otherwise.
func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) > 0 {
		if play, known := roles()[args[0]]; known {
			return play(endWithInput(ctx, os.Stdin), args[1:], out)
		}
	}
	p, err := parsePlan(args)
	if err != nil {
		return err
	}
	return measureAll(ctx, p, out)
}

// endWithInput ends a role with its standard input, which is how it is stopped, and how none is left behind whatever happens.
func endWithInput(ctx context.Context, in io.Reader) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, in) // an error is an end as well
		cancel()
	}()
	return ctx
}

// plan is what a run does.
type plan struct {
	quick  bool
	sizes  [2]int        // items of the two catalogues
	buyers int           // at a time
	levels int           // price levels that buyers are spread over
	crowd  int           // buyers signed in at once, to see what they take
	rounds int           // of everything that is compared
	each   time.Duration // of one thing in one round
	parts  string        // "pages", "sync", "crowd", or "all"
}

func parsePlan(args []string) (plan, error) {
	p := plan{sizes: [2]int{13_000, 100_000}, levels: 20}
	flags := flag.NewFlagSet("loadtest", flag.ContinueOnError)
	flags.BoolVar(&p.quick, "quick", false, "small catalogues, few buyers, short rounds: shows that everything works, not how fast it is")
	flags.IntVar(&p.buyers, "buyers", 8, "buyers at a time")
	flags.IntVar(&p.crowd, "crowd", 500, "buyers signed in at once")
	flags.IntVar(&p.rounds, "rounds", 7, "rounds of everything that is compared")
	flags.DurationVar(&p.each, "each", time.Second, "time for one thing in one round")
	flags.StringVar(&p.parts, "part", "all", "pages, sync, crowd, or all")
	if err := flags.Parse(args); err != nil {
		return p, err
	}
	if p.quick {
		p.sizes, p.buyers, p.crowd, p.rounds, p.each = [2]int{300, 1_200}, 2, 3, 2, 100*time.Millisecond
	}
	if p.buyers < 1 || p.crowd < 1 || p.rounds < 1 || p.each <= 0 || flags.NArg() > 0 {
		return p, errors.New("buyers, crowd, rounds and time must be positive; nothing follows the flags")
	}
	return p, nil
}

// has tells whether a part of the run was asked for.
func (p plan) has(part string) bool { return p.parts == "all" || p.parts == part }
