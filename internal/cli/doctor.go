package cli

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"storefront/internal/config"
	"storefront/internal/secret"
	"storefront/internal/vtt/doctor"
	wire "storefront/internal/vtt/portal"
)

type examination struct {
	config.Upstream
	ColleagueLogin    string      `env:"VTT_COLLEAGUE_LOGIN" help:"Another login of the same dealer, for the questions that take two."`
	ColleaguePassword secret.Text `env:"VTT_COLLEAGUE_PASSWORD" help:"Its password."`
	JSON              bool        `name:"json" help:"Print the report as JSON."`
	Full              bool        `help:"Also call what reads the whole catalogue in one answer; it may take minutes."`
	Write             bool        `help:"Also ask the questions that change orders; what was changed is put back."`
}

// Exit statuses of doctor beside those of every command: something that the storefront needs does not work (exitFailed), or
// it works otherwise than expected.
const exitDiffers = 3

// Run examines the service and prints the report.
func (e *examination) Run(ctx context.Context, to streams) error {
	if err := e.Check(); err != nil {
		return err
	}
	if e.VTTLogin == "" {
		return errors.New("VTT_LOGIN and VTT_PASSWORD are not set: the account to ask with")
	}
	o := doctor.Options{
		URL: e.VTTURL, Proxy: e.VTTProxy, Login: wire.Login{Name: e.VTTLogin, Password: e.VTTPassword},
		Full: e.Full, Write: e.Write, Now: time.Now,
	}
	if e.ColleagueLogin != "" {
		o.Colleague = &wire.Login{Name: e.ColleagueLogin, Password: e.ColleaguePassword}
	}
	report := doctor.Examine(ctx, o)
	if err := e.print(report, to); err != nil {
		return err
	}
	return verdict(report.Verdict)
}

func (e *examination) print(report doctor.Report, to streams) error {
	if !e.JSON {
		return report.Print(to.out)
	}
	encoder := json.NewEncoder(to.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(report)
}

// verdict turns the report's word into the exit status.
func verdict(v doctor.Verdict) error {
	switch v {
	case doctor.Broken:
		return exitStatus(exitFailed)
	case doctor.Differs:
		return exitStatus(exitDiffers)
	}
	return nil
}
