//go:build mutation

package verify

import (
	"flag"
	"os"
	"testing"
)

// TestMain keeps each of the many runs of mutation testing short.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("rapid.checks", "20"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
