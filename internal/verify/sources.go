package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	// allTags are the build tags of tests that need more than Go.
	allTags = "browser,judges,gallery,chaos,kill"
	// tools makes `go tool` take its tools from their own module, which the program does not depend on.
	tools = "-modfile=internal/tools/go.mod"
)

// goRun is a stage that passes when a go command does.
func goRun(args ...string) func(context.Context, *workshop) (string, error) {
	return func(ctx context.Context, shop *workshop) (string, error) {
		_, err := shop.run(ctx, "go", args...)
		return "", err
	}
}

func checkModules(ctx context.Context, shop *workshop) (string, error) {
	for _, dir := range []string{shop.root, filepath.Join(shop.root, "internal", "tools")} {
		for _, args := range [][]string{{"mod", "verify"}, {"mod", "tidy", "-diff"}} {
			if _, err := shop.runIn(ctx, dir, nil, "go", args...); err != nil {
				return "", err
			}
		}
	}
	return "", nil
}

// checkTemplates generates from a copy of the sources, so that a check never mends what it checks.
func checkTemplates(ctx context.Context, shop *workshop) (string, error) {
	sources, err := files(shop.root, "views", ".templ")
	if err != nil {
		return "", err
	}
	committed, err := files(shop.root, "views", "_templ.go")
	if err != nil {
		return "", err
	}
	dir := filepath.Join(shop.temp, "templates")
	if err := copyFiles(shop.root, dir, append(sources, "go.mod")); err != nil {
		return "", err
	}
	templ := filepath.Join(shop.temp, "templ")
	if _, err := shop.run(ctx, "go", "build", "-o", templ, "github.com/a-h/templ/cmd/templ"); err != nil {
		return "", err
	}
	if _, err := shop.runIn(ctx, dir, nil, templ, "generate", "-path", "views"); err != nil {
		return "", err
	}
	generated, err := files(dir, "views", "_templ.go")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d files", len(generated)), compare(shop.root, committed, dir, generated)
}

// compare tells which files of two folders differ, or exist in one only.
func compare(committedIn string, committed []string, madeIn string, made []string) error {
	stale := map[string]bool{}
	for _, name := range slices.Concat(committed, made) {
		have, _ := os.ReadFile(filepath.Join(committedIn, name))
		want, _ := os.ReadFile(filepath.Join(madeIn, name))
		if !bytes.Equal(have, want) {
			stale[name] = true
		}
	}
	if len(stale) == 0 {
		return nil
	}
	f := &failure{what: fmt.Sprintf("%d of %d committed files are not what their sources make", len(stale), len(made))}
	f.output = strings.Join(slices.Sorted(maps.Keys(stale)), "\n")
	return f
}

// files lists files under root/dir whose names end with suffix, relative to root.
func files(root, dir, suffix string) ([]string, error) {
	var found []string
	err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch {
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git"):
			return fs.SkipDir
		case d.Type().IsRegular() && strings.HasSuffix(path, suffix):
			name, err := filepath.Rel(root, path)
			found = append(found, name)
			return err
		}
		return nil
	})
	return found, err
}

func copyFiles(from, to string, names []string) error {
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			return err
		}
		path := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func checkFormat(ctx context.Context, shop *workshop) (string, error) {
	sources, err := files(shop.root, ".", ".go")
	if err != nil {
		return "", err
	}
	out, err := shop.run(ctx, "gofmt", append([]string{"-l"}, sources...)...)
	if err != nil {
		return "", err
	}
	if len(out) > 0 {
		return "", &failure{what: "gofmt would change files", output: string(out)}
	}
	return fmt.Sprintf("%d files", len(sources)), nil
}

// checkVulnerabilities asks the database in VULNDB, a directory, or else the online one.
func checkVulnerabilities(ctx context.Context, shop *workshop) (string, error) {
	args := []string{"tool", tools, "govulncheck"}
	note := "online database"
	if dir := os.Getenv("VULNDB"); dir != "" {
		path, err := filepath.Abs(dir)
		if err != nil {
			return "", err
		}
		args = append(args, "-db", "file://"+filepath.ToSlash(path))
		note = "VULNDB"
	}
	out, err := shop.run(ctx, "go", append(args, "./...")...)
	if err != nil && bytes.Contains(out, []byte("fetching vulnerabilities")) {
		return "", cannotRun("neither VULNDB nor the online database can be reached")
	}
	return note, err
}
