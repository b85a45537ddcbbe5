package redact

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// logged sends a text through a Log in parts of the given size.
func logged(t interface{ Fatal(...any) }, text string, part int) string {
	var out bytes.Buffer
	l := NewLog(&out)
	for rest := []byte(text); len(rest) > 0; {
		n := min(part, len(rest))
		if _, err := l.Write(rest[:n]); err != nil {
			t.Fatal(err)
		}
		rest = rest[n:]
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

const at = "2026-01-02T03:04:05.678901234Z "

func TestALogLosesSecretsThatSpanLines(t *testing.T) {
	for name, lines := range map[string][]string{
		"one line":     {"started with secretKey=" + planted},
		"private key":  {"-----BEGIN RSA PRIVATE KEY-----", planted, planted, "-----END RSA PRIVATE KEY-----"},
		"torn key":     {"-----BEGIN PRIVATE KEY-----", planted},
		"block":        {"  token: |", "    " + planted, "", "    " + planted},
		"variable":     {"- name: ACL_PASSWORD", "  value: " + planted},
		"not the last": {"- name: ACL_PASSWORD", "  value: " + planted, "- name: OTHER", "  value: 1"},
	} {
		for _, prefix := range []string{"", at} {
			text := prefix + strings.Join(lines, "\n"+prefix) + "\n"
			for _, part := range []int{1, 7, 1 << 10} {
				got := logged(t, text, part)
				if strings.Contains(got, planted) || !strings.Contains(got, Mark) {
					t.Errorf("%s in parts of %d: %q", name, part, got)
				}
			}
		}
	}
}

func TestALogKeepsTheRest(t *testing.T) {
	text := at + "before\n" + at + "- name: A_TOKEN\n" + at + "  value: x\n" + at + "after\n" + at + "no end"
	want := at + "before\n" + at + "- name: A_TOKEN\n" + at + "  value: " + Mark + "\n" + at + "after\n" + at + "no end"
	if got := logged(t, text, 3); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestALineThatIsTooLongIsCutWhole(t *testing.T) {
	got := logged(t, strings.Repeat("x", longestLine-8)+" secretKey="+planted+"\nnext\n", 4096)
	if strings.Contains(got, "Planted") || !strings.HasSuffix(got, "(cut)\nnext\n") {
		t.Errorf("it ends with %q", got[len(got)-40:])
	}
}

// However a log is cut into writes, what comes out is the same, and lines without secrets are untouched.
func TestALogDoesNotDependOnItsParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOf(rapid.SampledFrom([]string{"plain\n", "\n", "  deeper\n", "password: |\n", "- name: X_TOKEN\n", "value: v\n",
			"-----BEGIN PRIVATE KEY-----\n", "-----END PRIVATE KEY-----\n", at + "stamped\n", "accessKey=abc\n"})).Draw(t, "lines")
		text := strings.Join(lines, "")
		whole := logged(t, text, len(text)+1)
		if parts := logged(t, text, rapid.IntRange(1, 9).Draw(t, "part")); parts != whole {
			t.Errorf("%q in parts: %q, whole: %q", text, parts, whole)
		}
	})
}
