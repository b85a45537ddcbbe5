//go:build !agent

package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/fixtures/images"
	"github.com/rmqproof/rmqproof/fixtures/images/build"
)

var versionForm = regexp.MustCompile(`^\d+\.\d+\.\d+$`)

// checkVersion refuses a RocketMQ version that this machine could not get, before minutes are spent on finding out.
func checkVersion(ctx context.Context, version string) error {
	if !versionForm.MatchString(version) {
		return exitError{exitUsage, fmt.Errorf("RocketMQ version %q: write it like 5.1.0", version)}
	}
	if slices.Contains(build.Known(), version) || os.Getenv("IMAGES") == images.ModeRegistry {
		return nil
	}
	if os.Getenv("IMAGES") != images.ModePackages && images.RegistryUsable(ctx) == nil {
		return nil
	}
	if err := build.CheckVersion(version); err != nil {
		return exitError{exitUsage, err}
	}
	return exitError{exitUsage, fmt.Errorf("RocketMQ %s is none of the versions that can be built from packages: take one of %s, or IMAGES=registry for a published image",
		version, strings.Join(build.Known(), ", "))}
}
