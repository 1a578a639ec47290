package cache

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"hash"

	"storefront/internal/errkind"
)

// ErrShrunk is returned for an answer that would lose more than a fifth of what is known. The old one stays; reading the same
// again, Convincing times in all, has it taken after all. It is compared with errors.Is.
var ErrShrunk = errkind.New(errkind.NotSOAP, "sync.shrunk")

// Convincing is how often an answer that loses much has to be read alike before it is believed.
const Convincing = 3

// shrunk tells whether losing lost of had is more than a fifth.
func shrunk(had, lost int) bool { return lost*5 > had }

// guard decides whether an answer about subject is believed, given what it would lose. fingerprint tells equal answers. A
// refusal is remembered, so the caller commits its transaction even then.
func guard(ctx context.Context, tx *sql.Tx, subject string, had, lost int, fingerprint func() ([]byte, error)) (believed bool, err error) {
	if !shrunk(had, lost) {
		_, err := tx.ExecContext(ctx, `DELETE FROM quarantine WHERE subject = $1`, subject)
		return true, err
	}
	sum, err := fingerprint()
	if err != nil {
		return false, err
	}
	var known []byte
	var reads int
	err = tx.QueryRowContext(ctx, `SELECT digest, reads FROM quarantine WHERE subject = $1`, subject).Scan(&known, &reads)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	if !bytes.Equal(known, sum) {
		reads = 0
	}
	if reads+1 >= Convincing {
		_, err := tx.ExecContext(ctx, `DELETE FROM quarantine WHERE subject = $1`, subject)
		return true, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO quarantine (subject, digest, reads) VALUES ($1, $2, $3)
		ON CONFLICT (subject) DO UPDATE SET digest = excluded.digest, reads = excluded.reads`, subject, sum, reads+1)
	return false, err
}

// digest adds up keys that come in a fixed order.
type digest struct{ h hash.Hash }

func newDigest() digest { return digest{sha256.New()} }

func (d digest) add(keys ...string) {
	for _, key := range keys {
		d.h.Write([]byte(key))
		d.h.Write([]byte{0})
	}
}

func (d digest) bytes() []byte { return d.h.Sum(nil) }
