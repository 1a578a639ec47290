package cli

import (
	"fmt"
	"runtime/debug"
)

type version struct{}

// Run prints what the build knows of itself.
func (version) Run(to streams) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		fmt.Fprintln(to.out, "storefront (no build information)")
		return nil
	}
	revision := "unversioned"
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			revision = s.Value
		}
	}
	fmt.Fprintln(to.out, "storefront", info.Main.Version, revision, info.GoVersion)
	return nil
}
