//go:build !agent

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// sourceRoot is the project's checkout around the working folder: the suites are compiled from it.
func sourceRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(mod), "module github.com/rmqproof/rmqproof\n") {
			return dir, nil
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		return "", fmt.Errorf("this command compiles the suites: run it inside a checkout of rmqproof")
	}
}
