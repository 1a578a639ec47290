package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// ErrNewer is returned for a file whose schema this program does not know yet.
var ErrNewer = errors.New("the database was written by a later version of this program; use that version")

// migrate applies what is missing of the schema, each step in its own transaction.
func migrate(ctx context.Context, db *sql.DB, migrations fs.FS) error {
	err := migrateOnce(ctx, db, migrations)
	if err == nil || errors.Is(err, ErrNewer) || Damaged(err) || ctx.Err() != nil {
		return err
	}
	// Another process may have taken the same step between our look and our try: looking again settles it.
	return migrateOnce(ctx, db, migrations)
}

func migrateOnce(ctx context.Context, db *sql.DB, migrations fs.FS) error {
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, migrations, goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	version, err := provider.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("schema version: %w", err)
	}
	sources := provider.ListSources()
	if version > sources[len(sources)-1].Version {
		return ErrNewer
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}
