//go:build e2e

package suites

import (
	"os"
	"testing"

	"github.com/rmqproof/rmqproof/fixtures/engine"
)

func TestMain(m *testing.M) {
	engine.BecomeRuntime()
	os.Exit(m.Run())
}
