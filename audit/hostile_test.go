package audit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/audit"
	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/rules"
)

// hostileWork is the most that an input of some MB may have allocated in all, in bytes: work is measured, never time,
// which is the machine's.
const hostileWork = 512 << 20

// TestHostileManifests gives what costs a careless reader all of its memory or time.
func TestHostileManifests(t *testing.T) {
	layout, err := rules.Layout("single")
	if err != nil {
		t.Fatal(err)
	}
	bomb := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c <= 'z'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	for name, text := range map[string]string{
		"an alias bomb":       bomb + "apiVersion: v1\nkind: List\nitems: *z\n",
		"nested lists":        strings.Repeat("[", 200000),
		"many elements":       "a: [" + strings.Repeat("x,", 3<<20) + "]",
		"many replicas":       strings.Replace(layout, "replicas: 4", "replicas: 2000000000", 1),
		"many brokers":        many(layout, 300),
		"a long name":         strings.ReplaceAll(layout, "brokerClusterName=shop", "brokerClusterName="+strings.Repeat("x", 1<<20)),
		"a merge of itself":   "apiVersion: v1\nkind: Pod\nmetadata: &m {<<: *m, name: x}\n",
		"a list of lists":     strings.Repeat("{apiVersion: v1, kind: List, items: [", 500) + strings.Repeat("]}", 500),
		"an endless script":   strings.Replace(layout, "ORDINAL=${HOSTNAME##*-}", "while :; do x=$x$x$x; done", 1),
		"variables on others": strings.Replace(layout, "lifecycle:", "env: ["+strings.Repeat("{name: A, value: $(A)$(A)$(A)$(A)a},", 60)+"]\n          lifecycle:", 1),
	} {
		t.Run(name, func(t *testing.T) {
			work := allocated(func() {
				if set, err := input.Parse([]byte(text), "x.yaml"); err == nil {
					_, _ = audit.Run(set, nil) // whatever it says, it ends
				}
			})
			t.Logf("%d MB", work>>20)
			if work > hostileWork {
				t.Errorf("it allocates %d MB", work>>20)
			}
		})
	}
}

// FuzzRun looks for manifests that end the program or take too long.
func FuzzRun(f *testing.F) {
	for _, name := range []string{"static", "single", "dledger", "controller", "shared", "proxy"} {
		layout, err := rules.Layout(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(layout)
	}
	f.Fuzz(func(t *testing.T, text string) {
		set, err := input.Parse([]byte(text), "x.yaml")
		if err != nil {
			return
		}
		if work := allocated(func() { _, _ = audit.Run(set, nil) }); work > hostileWork {
			t.Fatalf("it allocates %d MB", work>>20)
		}
	})
}
