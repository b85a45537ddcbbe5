//go:build !agent

package main

import (
	"context"

	"github.com/rmqproof/rmqproof/fixtures/images"
)

// checkVersions refuses RocketMQ versions that nobody has, before anything is started. Wherever a version can be given, it is
// called.
func checkVersions(ctx context.Context, versions ...string) error {
	for _, v := range versions {
		if err := images.CheckVersion(ctx, v); err != nil {
			return exitError{exitUsage, err}
		}
	}
	return nil
}
