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
func file(t *testing.T, path, confirm, heal, long string) own.Fault {
	t.Helper()
	dir := filepath.Dir(path)
	text := strings.NewReplacer("CONFIRM", confirm, "HEAL", heal, "LONG", long).Replace(`
name: a mark is set
inject: {run: [sh, -c, 'touch "DIR/mark"'], seconds: 5}
confirm: {run: [sh, -c, 'CONFIRM'], seconds: LONG}
heal: {run: [sh, -c, 'HEAL'], seconds: 5}
`)
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, "DIR", dir)), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := own.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAFaultOfOnesOwnIsHeldToItsConfirmation(t *testing.T) {
	const there, remove = `test -e "DIR/mark"`, `rm "DIR/mark"`
	for name, tc := range map[string]struct{ confirm, heal, inject, confirmed, healed string }{
		"all is well":         {there, remove, "", "", ""},
		"it always confirms":  {"true", remove, "proves nothing", "", ""},
		"it never confirms":   {"false", remove, "", "to hold", ""},
		"it does not heal":    {there, "true", "", "", "still holds"},
		"no such program":     {"exec /nowhere/program", remove, "exit status 127", "", ""},
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
			f := file(t, filepath.Join(t.TempDir(), "fault.yaml"), tc.confirm, tc.heal, long)
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

// The cluster holds only which file it was: whoever may write there does not choose what is run here.
func TestAFileThatChangedSinceIsNotRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fault.yaml")
	i, err := file(t, path, `test -e "DIR/mark"`, `rm "DIR/mark"`, "60").Inject(t.Context(), fake.New(t))
	if err != nil {
		t.Fatal(err)
	}
	file(t, path, `test -e "DIR/mark"`, `touch "DIR/other"; rm "DIR/mark"`, "60")
	says(t, "Heal", i.Heal(t.Context()), "is not what it was")
	if _, err := os.Stat(filepath.Join(filepath.Dir(path), "other")); err == nil {
		t.Error("the changed command was run")
	}
	file(t, path, `test -e "DIR/mark"`, `rm "DIR/mark"`, "60")
	says(t, "Heal again", i.Heal(t.Context()), "")
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
