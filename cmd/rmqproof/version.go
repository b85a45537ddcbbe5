//go:build !agent

package main

import (
	"context"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

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

// checkNamespace refuses what cannot be a namespace's name, before a cluster is asked for it.
func checkNamespace(name string) error {
	if wrong := validation.IsDNS1123Label(name); len(wrong) > 0 {
		return exitError{exitUsage, fmt.Errorf("--namespace %q is no name of a namespace: %s", name, strings.Join(wrong, "; "))}
	}
	return nil
}
