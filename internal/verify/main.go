// Command verify is the project's one test command. It installs what it lacks, runs every stage, times each, shows the
// output of those that fail, and ends by counting them. A stage that could not run is named and counts as failed.
//
//	go run ./internal/verify               what CI runs
//	go run ./internal/verify -only unit,axe
//	go run ./internal/verify -long         with those that take long besides
//	go run ./internal/verify -list
//
// VULNDB may name a directory with a vulnerability database; without it govulncheck asks its online one.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ok, err := verify(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "verify:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

// verify runs the chosen stages and tells whether all of them passed. The error is for a run that could not begin.
func verify(ctx context.Context, args []string, out io.Writer) (bool, error) {
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	only := flags.String("only", "", "run only these `stages`, separated by commas")
	long := flags.Bool("long", false, "run the stages that take long, too")
	list := flags.Bool("list", false, "name the stages and stop")
	if err := flags.Parse(args); err != nil {
		return false, err
	}
	if *list {
		return true, describe(out, stages())
	}
	chosen, err := choose(stages(), *only, *long)
	if err != nil {
		return false, err
	}
	shop, err := openWorkshop()
	if err != nil {
		return false, err
	}
	defer shop.close()

	report := report{out: out, started: time.Now()}
	report.missing = prepare(ctx, shop, needs(chosen), out)
	for _, s := range chosen {
		report.add(perform(ctx, shop, s, report.missing))
	}
	return report.close(), nil
}

// perform runs one stage, unless something it needs is missing.
func perform(ctx context.Context, shop *workshop, s stage, missing map[program]string) result {
	started := time.Now()
	r := result{stage: s.name}
	for _, p := range s.needs {
		if why, lacks := missing[p]; lacks {
			r.err = cannotRun("needs %s: %s", p, why)
			return r
		}
	}
	r.note, r.err = s.run(ctx, shop)
	if ctx.Err() != nil {
		r.err = cannotRun("interrupted")
	}
	r.took = time.Since(started)
	return r
}
