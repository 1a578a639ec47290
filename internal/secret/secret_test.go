package secret_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"storefront/internal/secret"
)

type holder struct {
	Login    string
	Password secret.Text
}

// A secret is printed in every way a program prints things, alone and inside other values; the word never shows.
func TestSecretNeverPrints(t *testing.T) {
	const word = "canary-Пароль-7731"
	text := secret.New(word)
	in := holder{Login: "dealer", Password: text}
	values := []any{text, &text, in, &in, []secret.Text{text}, map[string]secret.Text{"k": text}}

	var outputs []string
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%p"} {
			outputs = append(outputs, fmt.Sprintf(verb, v))
		}
		if b, err := json.Marshal(v); err == nil {
			outputs = append(outputs, string(b))
		}
		if b, err := xml.Marshal(v); err == nil {
			outputs = append(outputs, string(b))
		}
		var g bytes.Buffer
		if err := gob.NewEncoder(&g).Encode(v); err == nil {
			outputs = append(outputs, g.String())
		}
		var logs bytes.Buffer
		slog.New(slog.NewJSONHandler(&logs, nil)).Info("m", "v", v)
		slog.New(slog.NewTextHandler(&logs, nil)).Info("m", "v", v)
		outputs = append(outputs, logs.String())
		func() {
			defer func() { outputs = append(outputs, fmt.Sprint(recover())) }()
			panic(v)
		}()
	}
	hex := fmt.Sprintf("%x", word)
	for _, out := range outputs {
		if strings.Contains(out, word) || strings.Contains(strings.ToLower(out), hex) {
			t.Errorf("the secret shows in %q", out)
		}
	}
	if text.Reveal() != word {
		t.Errorf("Reveal() = %q, want the word itself", text.Reveal())
	}
}

func TestEmptyAndEqual(t *testing.T) {
	if !(secret.Text{}).Empty() || !secret.New("").Empty() || secret.New("x").Empty() {
		t.Error("Empty must be true only without text")
	}
	if !secret.New("a").Equal(secret.New("a")) || secret.New("a").Equal(secret.New("b")) {
		t.Error("Equal must compare by value")
	}
}
