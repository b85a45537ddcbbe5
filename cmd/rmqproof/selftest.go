//go:build !agent

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/chaos/control"
	"github.com/rmqproof/rmqproof/internal/progress"
	"github.com/rmqproof/rmqproof/suites/catalog"
	"github.com/rmqproof/rmqproof/suites/lab"
)

type selfTest struct {
	keep       bool
	kills      int
	only       string
	bite       bool
	seed       int64
	strike     int // of the child: the number of its fault
	kubeconfig string
	ledger     string
}

func newSelfTestCommand() *cobra.Command {
	s := &selfTest{}
	c := &cobra.Command{
		Use:   "selftest",
		Short: "Show on a real cluster that no fault is confirmed where nothing is done, and none outlives its runner",
		Long: `Show on a real cluster that no fault is confirmed where nothing is done: each fault acts through an API that drops what
it writes, and its confirmation has to fail.

With --bite each is injected for real, without a load, and healed: it has to be confirmed on its target and nowhere else, and to
leave nothing behind.

With --kills faults are injected for real, and the process that does so is killed at a random moment; recovery from the
ConfigMap alone, or from the file alone, has to bring the cluster back to what it was.

Exit code: 0 all is as it has to be, 1 a fault was confirmed or something was left, 2 the cluster did not come up.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if s.kubeconfig != "" {
				return s.child(cmd.Context())
			}
			return s.run(cmd.Context(), cmd.OutOrStdout())
		},
	}
	f := c.Flags()
	f.BoolVar(&s.keep, "keep", false, "leave the cluster running")
	f.IntVar(&s.kills, "kills", 0, "inject so many faults, kill the runner of each, and recover")
	f.BoolVar(&s.bite, "bite", false, "inject each fault for real: it has to be confirmed, to spare the others, and to leave nothing behind")
	f.StringVar(&s.only, "only", "", "a regular expression: only faults whose name it matches")
	f.Int64Var(&s.seed, "seed", 0, "seed of the moments of the kills (0: take one and print it)")
	f.IntVar(&s.strike, "strike", 0, "of the process that is killed: the number of its fault")
	f.StringVar(&s.kubeconfig, "kubeconfig", "", "of the process that is killed: the cluster")
	f.StringVar(&s.ledger, "ledger", "", "of the process that is killed: its ledger")
	for _, hidden := range []string{"strike", "kubeconfig", "ledger"} {
		if err := f.MarkHidden(hidden); err != nil {
			panic(err)
		}
	}
	return c
}

func (s *selfTest) run(ctx context.Context, out io.Writer) error {
	dir, err := os.MkdirTemp("", "rmqproof-selftest")
	if err != nil {
		return err
	}
	if s.kills < 0 {
		return exitError{exitUsage, fmt.Errorf("--kills is %d, and has to be 0 or more", s.kills)}
	}
	if _, err := regexp.Compile(s.only); err != nil {
		return exitError{exitUsage, fmt.Errorf("--only: %w", err)}
	}
	if s.seed == 0 {
		s.seed = time.Now().UnixNano() % 1_000_000
	}
	l, err := standUp(ctx, lab.Options{Dir: filepath.Clean(dir), Version: catalog.Default.From, UpgradeTo: catalog.Default.To, Keep: s.keep, Seed: s.seed})
	if err != nil {
		return err
	}
	failed := s.test(ctx, l, out)
	closed := l.Close(ctx)
	if failed != nil { // the ledgers may be all that knows what is left
		return exitError{exitViolated, errors.Join(failed, closed, fmt.Errorf("the ledgers are kept in %s", dir))}
	}
	return errors.Join(closed, os.RemoveAll(dir))
}

func (s *selfTest) test(ctx context.Context, l *lab.Lab, out io.Writer) error {
	var only *regexp.Regexp
	if s.only != "" {
		only = regexp.MustCompile(s.only) // run has looked
	}
	if s.bite {
		return l.Bites(ctx, only)
	}
	if s.kills == 0 {
		return l.SelfTest(ctx, only)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	progress.Say(ctx, "seed %d", s.seed)
	table, failed := l.KillRunners(ctx, s.kills, only, func(kubeconfig string, fault int, ledger string) *exec.Cmd {
		c := exec.Command(self, "selftest", "--kubeconfig", kubeconfig, "--strike", strconv.Itoa(fault), "--ledger", ledger)
		c.Stderr = os.Stderr
		return c
	})
	return errors.Join(writeKills(out, table), failed)
}

func writeKills(out io.Writer, table []lab.Killed) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "KILLS\tRESTORED\t FAULT")
	kills, restored := 0, 0
	for _, k := range table {
		if k.Kills > 0 {
			fmt.Fprintf(t, "%d\t%d\t %s\n", k.Kills, k.Restored, k.Fault)
		}
		kills, restored = kills+k.Kills, restored+k.Restored
	}
	fmt.Fprintf(t, "%d\t%d\t in all\n", kills, restored)
	return t.Flush()
}

// child is the process that is killed.
func (s *selfTest) child(ctx context.Context) error {
	config, err := recoverOptions{kubeconfig: s.kubeconfig}.config()
	if err != nil {
		return err
	}
	faults := control.Faults("apache/rocketmq:" + catalog.Default.To)
	if s.strike < 0 || s.strike >= len(faults) {
		return exitError{exitUsage, fmt.Errorf("there is no fault %d", s.strike)}
	}
	return lab.Strike(ctx, config, faults[s.strike], s.ledger, os.Stdout)
}
