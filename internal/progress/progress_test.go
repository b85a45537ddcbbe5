package progress

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestAStepThatFailedSaysWhyInOneLine(t *testing.T) {
	var out bytes.Buffer
	ctx := With(t.Context(), New(&out))
	why := errors.New("pod a: no answer\npod b: " + strings.Repeat("long ", 100))
	if err := Start(ctx, "gather %s", "evidence").Done(why); !errors.Is(err, why) {
		t.Errorf("%v", err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	last := lines[len(lines)-1]
	if !strings.Contains(last, "✗ gather evidence (") || !strings.Contains(last, "): pod a: no answer pod b: long") || len(last) > longest+80 {
		t.Errorf("%q", last)
	}
	if err := Start(ctx, "rest").Done(nil); err != nil || !strings.Contains(out.String(), "✓ rest") {
		t.Errorf("%v %q", err, out.String())
	}
}
