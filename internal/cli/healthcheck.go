package cli

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

type healthcheck struct {
	Listen  string        `env:"LISTEN" default:"127.0.0.1:8080" help:"Address the storefront listens on."`
	Timeout time.Duration `default:"3s" help:"How long to wait for the answer."`
}

// Run asks /readyz of the storefront on this machine.
func (h *healthcheck) Run(ctx context.Context) error {
	host, port, err := net.SplitHostPort(h.Listen)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, h.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", answer.Status)
	}
	return nil
}
