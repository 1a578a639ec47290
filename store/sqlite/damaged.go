package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
)

// OpenDamaged opens a damaged file for whatever of it can still be read. Nothing is checked, created, migrated or written: the
// file and its log stay byte for byte. It does not fail for what is in the file: each query finds out by itself.
func OpenDamaged(path string) (*DB, error) {
	read, err := readers(path)
	if err != nil {
		return nil, err
	}
	write, err := pool(dsn(path, "mode=ro"), 1)
	if err != nil {
		return nil, errors.Join(err, read.Close())
	}
	return &DB{Read: read, write: write, path: path}, write.Close()
}

// OpenEmpty makes an empty database of a schema in memory. It has one connection, so a query must not wait for another.
func OpenEmpty(ctx context.Context, migrations fs.FS) (*DB, error) {
	one, err := pool(dsn(":memory:"), 1)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, one, migrations); err != nil {
		return nil, errors.Join(fmt.Errorf("empty database: %w", err), one.Close())
	}
	return &DB{Read: one, write: one}, nil
}
