package cli

import (
	"fmt"

	"storefront/internal/seal"
)

type keys struct {
	Create keysCreate `cmd:"" help:"Make a new file of sealing keys, readable by its owner only."`
}

type keysCreate struct {
	File string `arg:"" help:"File to make; it must not exist."`
}

// Run makes the file.
func (k *keysCreate) Run(to streams) error {
	if _, err := seal.Create(k.File); err != nil {
		return err
	}
	fmt.Fprintln(to.out, "keys", k.File)
	return nil
}
