// Package own has the user's own fault: three commands in a file, on the machine that runs the experiment, under the same
// ledger, confirmation and leak check as every other fault.
package own

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/internal/await"
	"github.com/rmqproof/rmqproof/internal/proc"
)

// Command is one of the three. It succeeds with exit code 0.
type Command struct {
	Run     []string `json:"run"`     // program and arguments; no shell is put between
	Seconds int      `json:"seconds"` // within which it has to end
}

// Fault is a fault as its file says it. Confirm has to fail before Inject and after Heal, and to succeed between: one that
// always succeeds proves nothing.
type Fault struct {
	Title string  `json:"name"`
	Start Command `json:"inject"`
	Look  Command `json:"confirm"`
	Undo  Command `json:"heal"`

	Env []string `json:"-"` // beside the runner's own: how the cluster is reached
}

// Read reads a fault's file, YAML or JSON, strictly.
func Read(path string) (f Fault, err error) {
	raw, err := os.ReadFile(path)
	if err == nil {
		err = yaml.UnmarshalStrict(raw, &f)
	}
	if err != nil {
		return f, fmt.Errorf("the fault in %s: %w", path, err)
	}
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

// Name is the file's.
func (f Fault) Name() string { return f.Title }

// Needs nothing that is known here.
func (Fault) Needs() []chaos.Need { return nil }

// Inject refuses a fault whose confirmation holds already, writes the healing command down, and runs the injecting one.
func (f Fault) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	if err := f.Look.run(ctx, f.Env); err == nil {
		return nil, fmt.Errorf("%s: its confirmation holds before anything is injected, so it proves nothing", f.Title)
	} else if notRun(err) {
		return nil, err
	}
	a := chaos.Begin(on, f, "what the file's commands name")
	a.Held = func(ctx context.Context) error {
		return f.until(ctx, "to hold", func(err error) error { return err })
	}
	if _, err := a.Promise(ctx, Heal, prior{f, f.Env}); err != nil {
		return a.Changed(), err
	}
	a.Acted()
	return a, f.Start.run(ctx, f.Env)
}

// prior is what healing takes.
type prior struct {
	Fault Fault    `json:"fault"`
	Env   []string `json:"env"`
}

// Heal runs the healing command, and looks until the confirmation fails again.
var Heal = kube.Undoing("own-heal", func(ctx context.Context, _ kube.Cluster, _ string, p prior) error {
	if err := p.Fault.Undo.run(ctx, p.Env); err != nil {
		return err
	}
	p.Fault.Env = p.Env
	return p.Fault.until(ctx, "to be gone", func(err error) error {
		if err == nil {
			return fmt.Errorf("%s: its confirmation still holds", p.Fault.Title)
		}
		if notRun(err) {
			return await.Permanent(err)
		}
		return nil
	})
})

// until runs the confirmation again and again until it says what is wanted, within its own time.
func (f Fault) until(ctx context.Context, what string, want func(error) error) error {
	within := time.Duration(f.Look.Seconds) * time.Second
	return kube.Wait(ctx, within, f.Title+" "+what, func(ctx context.Context) error { return want(f.Look.run(ctx, f.Env)) })
}

func (c Command) run(ctx context.Context, env []string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(c.Seconds)*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.Run[0], c.Run[1:]...)
	cmd.Env = append(os.Environ(), env...)
	cmd.WaitDelay = time.Second // what it started may hold its output open
	_, err := proc.Output(cmd)
	if ctx.Err() != nil {
		err = errors.Join(fmt.Errorf("not within %d s: %w", c.Seconds, errTimeout), err)
	}
	return err
}

var errTimeout = errors.New("timed out")

// notRun tells a command that said no from one that never gave an answer.
func notRun(err error) bool {
	var exit *exec.ExitError
	return err != nil && (errors.Is(err, errTimeout) || !errors.As(err, &exit) || exit.ExitCode() < 0)
}
