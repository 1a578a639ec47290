// Package cli is the command line: one file a command.
package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	stdlog "log"
	"log/slog"

	"github.com/alecthomas/kong"
)

// commands is the whole command line; each command is a struct with its flags and a Run method.
type commands struct {
	Serve       serve       `cmd:"" help:"Run the storefront."`
	Demo        demo        `cmd:"" help:"Run the storefront on an emulator of the distributor, with demo data, on loopback."`
	Emulator    emulate     `cmd:"" help:"Run the emulator of the distributor's service alone."`
	Keys        keys        `cmd:"" help:"Make the file of sealing keys."`
	Doctor      examination `cmd:"" help:"Examine the distributor's service: what it publishes, how it answers, and what is believed of it."`
	Healthcheck healthcheck `cmd:"" help:"Ask a running storefront whether it is ready; the exit status answers."`
	Version     version     `cmd:"" help:"Print the version."`
}

// streams is what a command prints to.
type streams struct{ out, log io.Writer }

// Exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// exitStatus ends the program with a status after its command has said all there is to say.
type exitStatus int

func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// Main runs the command line and returns the exit status. Answers go to stdout, the log and errors to stderr.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var c commands
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("storefront"),
		kong.Description("Ordering storefront for dealers of VTT."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(streams{stdout, stderr}),
	)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitUsage
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 { // --help has answered
		return exited
	}
	if err != nil {
		fmt.Fprintln(stderr, "storefront:", err)
		return exitUsage
	}
	var status exitStatus
	err = parsed.Run()
	if errors.As(err, &status) {
		return int(status)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(stderr, "storefront:", err)
		return exitFailed
	}
	return exitOK
}

// logger makes the log, and leads what libraries print by themselves into it: a line of another form would break its readers.
func logger(w io.Writer, format string) *slog.Logger {
	log := slog.New(slog.NewJSONHandler(w, nil))
	if format == "text" {
		log = slog.New(slog.NewTextHandler(w, nil))
	}
	slog.SetDefault(log)
	stdlog.SetOutput(libraries{log})
	return log
}

// libraries is what libraries print by themselves, without what they quote: net/http prints the beginning of an answer that
// nobody asked for, and that may hold anything.
type libraries struct{ log *slog.Logger }

func (l libraries) Write(line []byte) (int, error) {
	said, quoted, found := bytes.Cut(bytes.TrimSpace(line), []byte{'"'})
	text := string(said)
	if found {
		text += fmt.Sprintf("[%d bytes]", len(quoted))
	}
	l.log.Warn("a library says", "said", text)
	return len(line), nil
}
