package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// program is something that a stage needs on the machine besides Go.
type program string

const (
	gcc      program = "gcc"
	php      program = "php"
	zeep     program = "zeep"
	npm      program = "npm"
	curl     program = "curl"
	chromium program = "chromium"
	strace   program = "strace"
	mounting program = "mounting" // file systems that only the one who mounts them sees
)

// probe is a command that succeeds where the program is there and complete.
func (p program) probe() []string {
	switch p {
	case php:
		return []string{"php", "-r", `exit(class_exists("SoapClient") ? 0 : 1);`}
	case zeep:
		// Debian's own interpreter: another one in the PATH does not see Debian's modules.
		return []string{"/usr/bin/python3", "-c", "import zeep"}
	case strace: // it may be there and not be allowed to watch
		return []string{"strace", "-f", "-o", "/dev/null", "true"}
	case mounting:
		return []string{"unshare", "--mount", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/tmp"}
	}
	return []string{string(p), "--version"}
}

// packages are Debian's packages that bring the program.
func (p program) packages() []string {
	switch p {
	case gcc:
		return []string{"gcc", "libc6-dev"}
	case php:
		return []string{"php-cli", "php-soap"}
	case zeep:
		return []string{"python3-zeep"}
	case npm:
		return []string{"nodejs", "npm"}
	case curl:
		return []string{"curl"}
	case chromium:
		// Chromium draws the characters that the page's own font lacks with a font of the machine.
		return []string{"chromium", "fonts-dejavu-core"}
	case strace:
		return []string{"strace"}
	case mounting:
		return []string{"util-linux", "mount"}
	}
	return nil
}

// prepare installs the programs that are missing, and returns why those that are missing still are.
func prepare(ctx context.Context, shop *workshop, wanted []program, out io.Writer) map[program]string {
	lacking := absent(ctx, wanted)
	if len(lacking) == 0 {
		return nil
	}
	var packages []string
	for _, p := range lacking {
		packages = append(packages, p.packages()...)
	}
	why := "apt-get install " + strings.Join(packages, " ")
	if err := install(ctx, shop, packages, out); err != nil {
		why = fmt.Sprintf("%v; as root: %s", err, why)
	}
	missing := map[program]string{}
	for _, p := range absent(ctx, lacking) {
		missing[p] = why
	}
	return missing
}

func absent(ctx context.Context, wanted []program) []program {
	return slices.DeleteFunc(slices.Clone(wanted), func(p program) bool {
		probe := p.probe()
		return exec.CommandContext(ctx, probe[0], probe[1:]...).Run() == nil
	})
}

// install brings packages on Debian, as root.
func install(ctx context.Context, shop *workshop, packages []string, out io.Writer) error {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("no apt-get here")
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("not root")
	}
	started := time.Now()
	quiet := []string{"DEBIAN_FRONTEND=noninteractive"}
	for _, args := range [][]string{
		{"update", "-q"},
		append([]string{"install", "-q", "-y", "--no-install-recommends"}, packages...),
	} {
		if _, err := shop.runIn(ctx, shop.root, quiet, "apt-get", args...); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "%-16s %7s  %s\n", "installed", round(time.Since(started)), strings.Join(packages, " "))
	return nil
}
