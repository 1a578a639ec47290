package main

import (
	"context"
	"path/filepath"
)

// checkStylesheet builds app.css from a copy of its sources and of the files whose classes it collects (@source in app.css).
func checkStylesheet(ctx context.Context, shop *workshop) (string, error) {
	dir := filepath.Join(shop.temp, "stylesheet")
	for _, part := range []struct{ in, suffix string }{{"static/src", ""}, {"views", ".templ"}, {"views/ui", "ui.go"}} {
		names, err := files(shop.root, part.in, part.suffix)
		if err != nil {
			return "", err
		}
		if err := copyFiles(shop.root, dir, names); err != nil {
			return "", err
		}
	}
	source := filepath.Join(dir, "static", "src")
	if err := shop.npmInstall(ctx, source); err != nil {
		return "", err
	}
	if _, err := shop.runIn(ctx, source, nil, "npm", "run", "build"); err != nil {
		return "", err
	}
	built := []string{filepath.Join("static", "app.css")}
	return "", compare(shop.root, built, dir, built)
}

// checkAccessibility installs axe where the tests look for it, and lets them run it on every page.
func checkAccessibility(ctx context.Context, shop *workshop) (string, error) {
	if err := shop.npmInstall(ctx, filepath.Join(shop.root, "internal", "verify", "node")); err != nil {
		return "", err
	}
	return shop.test(ctx, "-tags=browser", "-run=^TestAxe", "./internal/app")
}

// checkJudges installs npm's soap where the judges and the examples look for it, and lets all foreign stacks judge.
func checkJudges(ctx context.Context, shop *workshop) (string, error) {
	if err := shop.npmInstall(ctx, filepath.Join(shop.root, "internal", "vtt", "emulator")); err != nil {
		return "", err
	}
	return shop.test(ctx, "-tags=judges", "-run=^TestJudge", "./internal/vtt/emulator/...")
}

// npmInstall brings what a folder's lock file says. Not by «npm ci»: it insists that the lock lists the optional binaries of
// every platform, and a registry need not serve those of the others.
func (w *workshop) npmInstall(ctx context.Context, dir string) error {
	_, err := w.runIn(ctx, dir, nil, "npm", "install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts")
	return err
}
