// Storefront is a server-rendered ordering shop for the dealers of a distributor whose service is the Portal.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"storefront/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Main(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
