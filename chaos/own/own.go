// Package own has the user's own fault: three commands in a file, on the machine that runs the experiment, under the same
// ledger, confirmation and leak check as every other fault.
package own

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/internal/proc"
)

// Command is one of the three. It succeeds with exit code 0.
type Command struct {
	Run     []string `json:"run"`     // program and arguments; no shell is put between
	Seconds int      `json:"seconds"` // within which it has to end
}

// Fault is a fault as its file says it. The confirmation has to fail before the fault is injected and after it is healed,
// and to succeed between: one that always succeeds proves nothing.
type Fault struct {
	Title string  `json:"name"`
	Start Command `json:"inject"`
	Look  Command `json:"confirm"`
	Undo  Command `json:"heal"`

	from source
}

// source is where a fault was read, and what was read. Only this is written into the cluster: whoever may write there must
// not choose what is run here.
type source struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
}

// Read reads a fault's file, YAML or JSON, strictly.
func Read(path string) (f Fault, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return f, err
	}
	raw, err := os.ReadFile(path)
	if err == nil {
		err = yaml.UnmarshalStrict(raw, &f)
	}
	if err != nil {
		return f, fmt.Errorf("the fault in %s: %w", path, err)
	}
	f.from = source{path, fmt.Sprintf("%x", sha256.Sum256(raw))}
	if f.Title == "" {
		return f, fmt.Errorf("the fault in %s has no name", path)
	}
	for what, c := range map[string]Command{"inject": f.Start, "confirm": f.Look, "heal": f.Undo} {
		if len(c.Run) == 0 || c.Seconds <= 0 {
			return f, fmt.Errorf("the fault in %s: %s needs run, a list of program and arguments, and seconds, within which it has to end", path, what)
		}
	}
	return f, nil
}

// MarshalJSON writes down where the fault lies, and never its commands: they may hold what is nobody's business.
func (f Fault) MarshalJSON() ([]byte, error) { return json.Marshal(f.from) }

// ToConfirm is how long Inject or Confirm may take at most.
func (f Fault) ToConfirm() time.Duration {
	return f.Look.within() + max(f.Start.within(), f.Look.within())
}

// ToHeal is how long Heal may take at most.
func (f Fault) ToHeal() time.Duration { return f.Undo.within() + 2*f.Look.within() }

// Name is the file's.
func (f Fault) Name() string { return f.Title }

// Needs nothing that is known here.
func (Fault) Needs() []chaos.Need { return nil }

// Inject refuses a fault whose confirmation holds already, writes down where its healing command stands, and runs the
// injecting one.
func (f Fault) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	if err := f.Look.run(ctx); err == nil {
		return nil, fmt.Errorf("%s: its confirmation holds before anything is injected, so it proves nothing", f.Title)
	} else if noAnswer(err) {
		return nil, err
	}
	a := chaos.Begin(on, f, "what the file's commands name")
	a.Held = func(ctx context.Context) error {
		return f.until(ctx, "to hold", func(err error) error { return err })
	}
	if _, err := a.Promise(ctx, Heal, f.from); err != nil {
		return a.Changed(), err
	}
	a.Acted()
	return a, f.Start.run(ctx)
}

// Heal runs the healing command of the fault's file, which must not have changed since, and looks until the confirmation fails.
var Heal = kube.Undoing("own-heal", func(ctx context.Context, _ kube.Cluster, _ string, from source) error {
	f, err := Read(from.File)
	if err == nil && f.from != from {
		err = fmt.Errorf("%s is not what it was when its fault was injected: put it back, or heal by hand", from.File)
	}
	if err != nil {
		return err
	}
	if err := f.Undo.run(ctx); err != nil {
		return err
	}
	return f.until(ctx, "to be gone", func(err error) error {
		if err == nil {
			return fmt.Errorf("%s: its confirmation still holds", f.Title)
		}
		if noAnswer(err) {
			return err
		}
		return nil
	})
})

// until runs the confirmation again and again until it says what is wanted, within its own time.
func (f Fault) until(ctx context.Context, what string, want func(error) error) error {
	return kube.Wait(ctx, f.Look.within(), f.Title+" "+what, func(ctx context.Context) error { return want(f.Look.run(ctx)) })
}

func (c Command) within() time.Duration { return time.Duration(c.Seconds) * time.Second }

// run has the command in a process group of its own: Ctrl-C does not reach a healing command, and what a command that is out of
// time has started ends with it.
func (c Command) run(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, c.within())
	defer cancel()
	cmd := exec.CommandContext(ctx, c.Run[0], c.Run[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	_, err := proc.Output(cmd)
	switch {
	case parent.Err() != nil:
		return errors.Join(errNoAnswer, context.Cause(parent), err)
	case ctx.Err() != nil:
		return errors.Join(errNoAnswer, fmt.Errorf("not within %d s", c.Seconds), err)
	}
	return err
}

var errNoAnswer = errors.New("the command gave no answer")

// What a shell ends with where it cannot start what it was told to.
const notExecutable, notFound = 126, 127

// noAnswer tells a command that said no from one that never gave an answer.
func noAnswer(err error) bool {
	var exit *exec.ExitError
	return err != nil && (errors.Is(err, errNoAnswer) || !errors.As(err, &exit) || exit.ExitCode() < 0 ||
		exit.ExitCode() == notExecutable || exit.ExitCode() == notFound)
}
