package main

import (
	"context"
	"path/filepath"
)

// checkStylesheet builds app.css from a copy of its sources and of the templates whose classes it collects.
func checkStylesheet(ctx context.Context, shop *workshop) (string, error) {
	dir := filepath.Join(shop.temp, "stylesheet")
	for _, part := range []struct{ in, suffix string }{{"static/src", ""}, {"views", ".templ"}} {
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

// npmInstall brings exactly what a folder's lock file says.
func (w *workshop) npmInstall(ctx context.Context, dir string) error {
	_, err := w.runIn(ctx, dir, nil, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	return err
}
