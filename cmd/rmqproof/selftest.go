//go:build !agent

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/control"
	"github.com/rmqproof/rmqproof/internal/progress"
	"github.com/rmqproof/rmqproof/suites/catalog"
	"github.com/rmqproof/rmqproof/suites/lab"
)

type selfTest struct {
	keep       bool
	kills      int
	only       string
	inert      bool
	bite       bool
	victims    []string
	seed       int64
	strike     int  // of the child: the number of its fault
	heal       bool // of the child: heal when its input ends
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
leave nothing behind. With --inert and --bite both are done, in this order.

With --kills faults are injected for real, and somebody is killed at a random moment. Where it is the process that does so (runner),
recovery from the ConfigMap alone, or from the file alone, has to bring the cluster back to what it was; where it is the helper on a node
(helper) or the load's agent (agent), the runner has to. What only the helper that did it can undo is left out of its pass: the kubelet and
the container runtime stopped. An upgrade, which is kept, is killed with its runner alone.

Exit code: 0 all is as it has to be, 1 a fault was confirmed or something was left, 2 the cluster did not come up, or the test was
interrupted; 64 usage.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if s.kubeconfig != "" {
				return s.child(cmd.Context())
			}
			return s.run(cmd.Context(), cmd.OutOrStdout())
		},
	}
	s.define(c.Flags())
	return c
}

func (s *selfTest) define(f *pflag.FlagSet) {
	f.BoolVar(&s.keep, "keep", false, "leave the cluster running")
	f.IntVar(&s.kills, "kills", 0, "inject so many faults a pass, kill somebody during each, and have it healed")
	f.StringSliceVar(&s.victims, "victim", []string{string(lab.Runner)}, "with --kills: who is killed, some of runner, helper and agent; one pass each")
	f.BoolVar(&s.inert, "inert", false, "hold each fault to its confirmation where nothing is done; this is done, too, where nothing else is asked for")
	f.BoolVar(&s.bite, "bite", false, "inject each fault for real: it has to be confirmed, to spare the others, and to leave nothing behind")
	f.StringVar(&s.only, "only", "", "a regular expression: only faults whose name it matches")
	f.Int64Var(&s.seed, "seed", 0, "seed of the moments of the kills (0: take one and print it)")
	f.IntVar(&s.strike, "strike", 0, "of the process that is killed: the number of its fault")
	f.BoolVar(&s.heal, "heal", false, "of the process that is not killed: heal when its input ends")
	f.StringVar(&s.kubeconfig, "kubeconfig", "", "of the process that is killed: the cluster")
	f.StringVar(&s.ledger, "ledger", "", "of the process that is killed: its ledger")
	for _, hidden := range []string{"strike", "heal", "kubeconfig", "ledger"} {
		if err := f.MarkHidden(hidden); err != nil {
			panic(err)
		}
	}
}

func (s *selfTest) run(ctx context.Context, out io.Writer) error {
	if err := s.check(); err != nil {
		return exitError{exitUsage, err}
	}
	dir, err := os.MkdirTemp("", "rmqproof-selftest")
	if err != nil {
		return err
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
		return exitError{failedCode(ctx, failed), errors.Join(failed, closed, fmt.Errorf("the ledgers are kept in %s", dir))}
	}
	return errors.Join(closed, os.RemoveAll(dir))
}

// failedCode tells what was found from what could not be looked at: no cluster came up, or the test was interrupted.
func failedCode(ctx context.Context, failed error) int {
	if ctx.Err() != nil || errors.Is(failed, lab.ErrNotStanding) {
		return exitInconclusive
	}
	return exitViolated
}

// check refuses what cannot be meant.
func (s *selfTest) check() error {
	if s.kills < 0 {
		return fmt.Errorf("--kills is %d, and has to be 0 or more", s.kills)
	}
	if s.kills > 0 && (s.bite || s.inert) {
		return errors.New("--kills does not go together with --bite or --inert: run them one after another")
	}
	if _, err := lab.VictimsNamed(s.victims); err != nil {
		return fmt.Errorf("--victim: %w", err)
	}
	only, err := regexp.Compile(s.only)
	if err != nil {
		return fmt.Errorf("--only: %w", err)
	}
	faults := control.Faults("apache/rocketmq:" + catalog.Default.To)
	if !slices.ContainsFunc(faults, func(f chaos.Fault) bool { return only.MatchString(f.Name()) }) {
		return fmt.Errorf("--only: no fault has a name that %s matches", s.only)
	}
	return nil
}

func (s *selfTest) test(ctx context.Context, l *lab.Lab, out io.Writer) error {
	var only *regexp.Regexp
	if s.only != "" {
		only = regexp.MustCompile(s.only) // run has looked
	}
	if s.kills > 0 {
		return s.kill(ctx, l, only, out)
	}
	var inert, bites error
	if s.inert || !s.bite {
		inert = l.SelfTest(ctx, only)
	}
	if s.bite && ctx.Err() == nil {
		bites = l.Bites(ctx, only)
	}
	return errors.Join(inert, bites)
}

func (s *selfTest) kill(ctx context.Context, l *lab.Lab, only *regexp.Regexp, out io.Writer) error {
	victims, err := lab.VictimsNamed(s.victims)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	progress.Say(ctx, "seed %d", s.seed)
	child := func(kubeconfig string, fault int, ledger string, heals bool) *exec.Cmd {
		c := exec.Command(self, "selftest", "--kubeconfig", kubeconfig, "--strike", strconv.Itoa(fault), "--ledger", ledger, "--heal="+strconv.FormatBool(heals))
		c.Stderr = os.Stderr
		return c
	}
	table, failed := l.Kill(ctx, lab.Kills{Victims: victims, N: s.kills, Only: only, Child: child})
	return errors.Join(writeKills(out, table), failed)
}

func writeKills(out io.Writer, table []lab.Killed) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "KILLS\tRESTORED\tVICTIM\t FAULT")
	all := map[string]lab.Killed{}
	for _, k := range table {
		if k.Kills > 0 {
			fmt.Fprintf(t, "%d\t%d\t%s\t %s\n", k.Kills, k.Restored, k.Victim, k.Fault)
		}
		for _, of := range []string{k.Victim, "any"} {
			sum := all[of]
			all[of] = lab.Killed{Victim: of, Fault: "in all", Kills: sum.Kills + k.Kills, Restored: sum.Restored + k.Restored}
		}
	}
	for _, of := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(t, "%d\t%d\t%s\t in all\n", all[of].Kills, all[of].Restored, of)
	}
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
	if s.heal {
		return lab.StrikeAndHeal(ctx, config, faults[s.strike], s.ledger, os.Stdin, os.Stdout)
	}
	return lab.Strike(ctx, config, faults[s.strike], s.ledger, os.Stdout)
}
