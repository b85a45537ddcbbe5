package own_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/internal/fake"
	"github.com/rmqproof/rmqproof/chaos/own"
)

// file writes a fault whose effect is that a file is there.
func file(t *testing.T, confirm, heal, long string) own.Fault {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "fault.yaml")
	text := strings.NewReplacer("DIR", dir, "CONFIRM", confirm, "HEAL", heal, "LONG", long).Replace(`
name: a mark is set
inject: {run: [sh, -c, 'touch "$MARKS/DIR"'], seconds: 5}
confirm: {run: [sh, -c, 'CONFIRM'], seconds: LONG}
heal: {run: [sh, -c, 'HEAL'], seconds: 5}
`)
	if err := os.WriteFile(path, []byte(strings.Replace(text, `"$MARKS/`+dir+`"`, `"$MARKS/mark"`, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := own.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	f.Env = []string{"MARKS=" + dir}
	return f
}

func TestAFaultOfOnesOwnIsHeldToItsConfirmation(t *testing.T) {
	const there, remove = `test -e "$MARKS/mark"`, `rm "$MARKS/mark"`
	for name, tc := range map[string]struct{ confirm, heal, inject, confirmed, healed string }{
		"all is well":         {there, remove, "", "", ""},
		"it always confirms":  {"true", remove, "proves nothing", "", ""},
		"it never confirms":   {"false", remove, "", "to hold", ""},
		"it does not heal":    {there, "true", "", "", "still holds"},
		"no such program":     {"exec /nowhere/program", remove, "", "to hold", ""},
		"it never answers":    {"sleep 60", remove, "not within 1 s", "", ""},
		"its healing says no": {there, "exit 3", "", "", "exit status 3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			long := "60" // the machine may be slow; what never ends is bounded tightly
			if tc.healed != "" {
				long = "5"
			} else if tc.confirmed+tc.inject != "" {
				long = "1"
			}
			f := file(t, tc.confirm, tc.heal, long)
			i, err := f.Inject(t.Context(), fake.New(t))
			if says(t, "Inject", err, tc.inject) || i == nil {
				return
			}
			if !says(t, "Confirm", i.Confirm(t.Context()), tc.confirmed) {
				says(t, "Heal", i.Heal(t.Context()), tc.healed)
			}
		})
	}
}

// says holds an error to what it has to say, and tells whether there is one.
func says(t *testing.T, what string, err error, want string) bool {
	t.Helper()
	if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("%s: %v, want %q", what, err, want)
	}
	return err != nil
}

func TestAFileThatIsNoFault(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "has no name",
		"name: x":              "needs run",
		"name: x\nconfrim: {}": "confrim",
		"name: x\ninject: {run: [true]}\nconfirm: {run: [true], seconds: 1}\nheal: {run: [true], seconds: 1}": "inject",
	} {
		path := filepath.Join(t.TempDir(), "f.yaml")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := own.Read(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

var _ chaos.Fault = own.Fault{}
