package seal_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"storefront/internal/seal"
)

func newKeys(t testing.TB) *seal.Keys {
	t.Helper()
	keys, err := seal.Create(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

var (
	plain = []byte("fourteen bytes")
	row   = []byte("sess/v1|row")
)

func sealed(t testing.TB, keys *seal.Keys) []byte {
	t.Helper()
	text, err := keys.Seal(plain, "token", row)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestASessionOpensOnlyWithItsTokenAndItsRow(t *testing.T) {
	keys := newKeys(t)
	text := sealed(t, keys)
	tests := map[string]struct {
		keys       *seal.Keys
		token, row string
		opens      bool
	}{
		"as it was sealed":               {keys, "token", string(row), true},
		"without the token":              {keys, "", string(row), false},
		"with another token":             {keys, "token2", string(row), false},
		"moved to another row":           {keys, "token", "sess/v1|other", false},
		"under another server's keys":    {newKeys(t), "token", string(row), false},
		"the token and row run together": {keys, "tokensess", "/v1|row", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := test.keys.Open(text, test.token, []byte(test.row))
			if test.opens != (err == nil) || test.opens && !bytes.Equal(got, plain) {
				t.Errorf("opened %q, %v", got, err)
			}
			if !test.opens && !errors.Is(err, seal.ErrSealed) {
				t.Errorf("error is %v, want ErrSealed", err)
			}
		})
	}
}

func TestEveryFlippedByteIsRefused(t *testing.T) {
	keys := newKeys(t)
	text := sealed(t, keys)
	if want := 33 + len(plain); len(text) != want {
		t.Fatalf("a sealed text has %d bytes, want %d: key id, nonce, text, tag", len(text), want)
	}
	if bytes.Contains(text, plain) {
		t.Fatal("the text is in clear")
	}
	for i := range text {
		changed := bytes.Clone(text)
		changed[i] ^= 1
		if _, err := keys.Open(changed, "token", row); !errors.Is(err, seal.ErrSealed) {
			t.Errorf("byte %d flipped: %v", i, err)
		}
	}
	for n := range text {
		if _, err := keys.Open(text[:n], "token", row); !errors.Is(err, seal.ErrSealed) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
}

func TestASubmissionOpensUnderItsIDOnly(t *testing.T) {
	keys := newKeys(t)
	text, err := keys.SealSubmission("one", plain)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := keys.OpenSubmission("one", text); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("opened %q, %v", got, err)
	}
	if _, err := keys.OpenSubmission("two", text); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("under another id: %v", err)
	}
	if _, err := keys.Open(text, "one", []byte("subm/v1|one")); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("as a session: %v", err)
	}
}

func TestKeysOutliveTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "keys.json")
	created, err := seal.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := seal.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := opened.Open(sealed(t, created), "token", row); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("opened %q, %v", got, err)
	}
	if _, err := seal.Create(path); !errors.Is(err, os.ErrExist) {
		t.Errorf("created over an existing file: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("created with mode %v, %v", info.Mode(), err)
	}
}

func TestAKeyFileOthersMayReadIsRefused(t *testing.T) {
	for _, mode := range []os.FileMode{0o644, 0o640, 0o604, 0o620, 0o602} {
		path := filepath.Join(t.TempDir(), "keys.json")
		if _, err := seal.Create(path); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := seal.Open(path); !errors.Is(err, seal.ErrMode) {
			t.Errorf("mode %v: %v", mode, err)
		}
	}
}

func TestADamagedKeyFileIsRefusedWithoutQuotingIt(t *testing.T) {
	for _, content := range []string{"", "{}", "canary", `{"primaryKeyId":1,"key":[{"keyData":{"value":"canary"}}]}`} {
		path := filepath.Join(t.TempDir(), "keys.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := seal.Open(path); err != seal.ErrKeyFile {
			t.Errorf("%q: %v", content, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	keys := newKeys(f)
	f.Add(sealed(f, keys), "token", row)
	f.Add([]byte{}, "", []byte{})
	f.Add([]byte{1, 0, 0, 0, 0}, "token", row)
	genuine := sealed(f, keys)
	f.Fuzz(func(t *testing.T, text []byte, token string, context []byte) {
		got, err := keys.Open(text, token, context)
		if err == nil && !bytes.Equal(got, plain) {
			t.Errorf("opened %q to %q", text, got)
		}
		if err != nil && bytes.Equal(text, genuine) && token == "token" && bytes.Equal(context, row) {
			t.Errorf("the genuine text does not open: %v", err)
		}
	})
}

func BenchmarkSealAndOpenASession(b *testing.B) {
	keys := newKeys(b)
	for b.Loop() {
		if _, err := keys.Open(sealed(b, keys), "token", row); err != nil {
			b.Fatal(err)
		}
	}
}
