// Package seal encrypts what must not lie on disk in clear: sessions, and the credentials that an open submission needs.
//
// The key file holds a Tink keyset of key derivers (HKDF-SHA256 to AES-256-GCM). Nothing is encrypted with a key of the file
// itself. Each sealing derives a key of its own:
//
//	session     key = HKDF(key of the file, "sess/v1|" + the cookie's token)   associated data = what the store names: purpose and row
//	submission  key = HKDF(key of the file, "subm/v1|" + the submission's id)  associated data = "subm/v1|" + the submission's id
//
// So a session can't be opened with the database and the key file alone: the token is in the browser and nowhere else. The
// purposes can't open each other's, and what was sealed for one row does not open in another.
//
// A sealed text begins with the id of its key in the file (5 bytes), then come the nonce (12), the text and the tag (16).
// Adding a key to the file and making it primary therefore leaves older texts readable until their key is disabled.
package seal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyderivation"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/tink"
)

const (
	sessionPurpose    = "sess/v1|"
	submissionPurpose = "subm/v1|"
)

var (
	// ErrMode is returned for a key file that others than its owner may read or write.
	ErrMode = errors.New("the key file must be readable by its owner alone (mode 0600)")
	// ErrKeyFile is returned for a file that holds no usable keys.
	ErrKeyFile = errors.New("the key file is damaged")
	// ErrSealed is returned for a text that does not open: it was changed, or sealed for another row, token or key.
	ErrSealed = errors.New("the sealed text does not open")
)

// Keys seals and opens. It is safe for concurrent use.
type Keys struct{ deriver keyderivation.KeysetDeriver }

// Create makes a new key file with mode 0600 and opens it. An existing file is an error: what it sealed would be lost.
func Create(path string) (*Keys, error) {
	handle, err := generate()
	if err != nil {
		return nil, fmt.Errorf("make keys: %w", err)
	}
	var text bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&text)); err != nil {
		return nil, fmt.Errorf("write keys: %w", err)
	}
	if err := writeNew(path, text.Bytes()); err != nil {
		return nil, fmt.Errorf("create the key file: %w", err)
	}
	return newKeys(handle)
}

func generate() (*keyset.Handle, error) {
	template, err := keyderivation.CreatePRFBasedKeyTemplate(prf.HKDFSHA256PRFKeyTemplate(), aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	return keyset.NewHandle(template)
}

// writeNew writes a file that did not exist, down to the disk.
func writeNew(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

// Open reads a key file. ErrMode if anybody but the owner has rights to it, ErrKeyFile if its content is no keyset.
func Open(path string) (*Keys, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%w: %s has %v", ErrMode, filepath.Base(path), info.Mode().Perm())
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(f))
	if err != nil {
		return nil, ErrKeyFile // Tink's error may quote the content
	}
	return newKeys(handle)
}

func newKeys(handle *keyset.Handle) (*Keys, error) {
	deriver, err := keyderivation.New(handle)
	if err != nil {
		return nil, ErrKeyFile
	}
	return &Keys{deriver}, nil
}

// Seal seals a session's content under its token. context names purpose and row, and is needed to open it again.
func (k *Keys) Seal(plain []byte, token string, context []byte) ([]byte, error) {
	return k.seal(sessionPurpose+token, plain, context)
}

// Open opens what Seal sealed. ErrSealed.
func (k *Keys) Open(sealed []byte, token string, context []byte) ([]byte, error) {
	return k.open(sessionPurpose+token, sealed, context)
}

// SealSubmission seals what belongs to the submission of the id.
func (k *Keys) SealSubmission(id string, plain []byte) ([]byte, error) {
	return k.seal(submissionPurpose+id, plain, []byte(submissionPurpose+id))
}

// OpenSubmission opens what SealSubmission sealed. ErrSealed.
func (k *Keys) OpenSubmission(id string, sealed []byte) ([]byte, error) {
	return k.open(submissionPurpose+id, sealed, []byte(submissionPurpose+id))
}

func (k *Keys) seal(salt string, plain, context []byte) ([]byte, error) {
	cipher, err := k.derive(salt)
	if err != nil {
		return nil, err
	}
	return cipher.Encrypt(plain, context)
}

func (k *Keys) open(salt string, sealed, context []byte) ([]byte, error) {
	cipher, err := k.derive(salt)
	if err != nil {
		return nil, err
	}
	plain, err := cipher.Decrypt(sealed, context)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// derive returns the cipher of one salt: each key of the file derived, under its own id.
func (k *Keys) derive(salt string) (tink.AEAD, error) {
	handle, err := k.deriver.DeriveKeyset([]byte(salt))
	if err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	return aead.New(handle)
}
