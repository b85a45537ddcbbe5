//go:build !agent

package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/rmqproof/rmqproof/internal/progress"
	"github.com/rmqproof/rmqproof/suites/lab"
)

// specsTimeout bounds a whole run of the specs; Ginkgo's own default of 1 h would cut a night's run short.
const specsTimeout = 4 * time.Hour

// runSpecs runs the compiled Ginkgo specs over the same scenarios.
func (o *e2eOptions) runSpecs(ctx context.Context, options lab.Options) error {
	cmd := exec.CommandContext(context.WithoutCancel(ctx), o.specs, // told once, below, they clean up by themselves
		"--ginkgo.seed="+strconv.FormatInt(o.seed, 10), "--ginkgo.timeout="+specsTimeout.String(), "--ginkgo.grace-period=3m",
		"--ginkgo.fail-on-empty", "--ginkgo.junit-report="+filepath.Join(options.Dir, "specs.xml"), "--ginkgo.succinct")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), options.Environ(o.labels)...)
	// A group of their own, so that Ctrl-C reaches them through us alone: Ginkgo's answer to it is hundreds of lines of stacks,
	// and to a second one, no cleanup.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() {
		progress.Say(ctx, "interrupted: what was disturbed is healed, what was recorded is judged and kept, and what was begun is taken down; a minute or so")
		_ = cmd.Process.Signal(syscall.SIGUSR2)
	})
	defer stop()
	return cmd.Wait()
}
