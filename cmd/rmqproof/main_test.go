//go:build !agent

package main

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/rmqproof/rmqproof/fixtures/testbed"
	"github.com/rmqproof/rmqproof/suites/lab"
)

// TestMain keeps every test away from a real cluster, whatever a command would have done.
func TestMain(m *testing.M) {
	standUp = func(context.Context, lab.Options) (*lab.Lab, error) {
		return nil, errors.New("a test must not stand up a cluster")
	}
	bringUp = func(context.Context, ...string) (*testbed.Testbed, error) {
		return nil, errors.New("a test must not bring up a cluster")
	}
	os.Exit(m.Run())
}
