package photo

import (
	"errors"
	"os"
	"path/filepath"
)

// disk keeps finished pictures, one a file.
type disk struct{ dir string }

func (d disk) path(key string) string { return filepath.Join(d.dir, key[:2], key) }

func (d disk) load(key string) ([]byte, bool) {
	content, err := os.ReadFile(d.path(key))
	return content, err == nil && len(content) > 0
}

// save lets the file appear whole or not at all.
func (d disk) save(key string, content []byte) error {
	folder := filepath.Dir(d.path(key))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, "new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), d.path(key))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
