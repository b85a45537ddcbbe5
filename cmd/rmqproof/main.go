// Command rmqproof is the command line, the workload's agent inside the cluster and the probe beside a
// broker, in one static binary.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/rmqproof/rmqproof/internal/progress"
	"github.com/spf13/cobra"
)

// Exit codes, the same for every command.
const (
	exitViolated     = 1
	exitInconclusive = 2
	exitUsage        = 64
	exitUnreadable   = 65
)

// exitError carries an exit code beside what happened.
type exitError struct {
	code int
	err  error
}

func (e exitError) Error() string { return e.err.Error() }
func (e exitError) Unwrap() error { return e.err }

func main() {
	becomeOther()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(progress.With(ctx, progress.New(os.Stderr)), os.Args[1:]))
}

func run(ctx context.Context, args []string) int {
	root := newRoot()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err != nil && err.Error() != "" {
		fmt.Fprintln(os.Stderr, "rmqproof: "+err.Error())
	}
	return codeOf(err)
}

// codeOf is the exit code of what a command ended with.
func codeOf(err error) int {
	var exit exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.code
	}
	return exitInconclusive
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "rmqproof",
		Short:         "Prove that an Apache RocketMQ cluster on Kubernetes keeps every message that it acknowledged",
		Args:          usageArgs(cobra.NoArgs), // so that an unknown command is a usage error
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return exitError{exitUsage, fmt.Errorf("%w (see %s --help)", err, c.CommandPath())}
	})
	root.AddCommand(commands()...)
	for _, c := range root.Commands() {
		if c.HasSubCommands() { // by itself it would answer an unknown word with its help, and exit 0
			c.Args, c.RunE = usageArgs(cobra.NoArgs), root.RunE
		}
	}
	return root
}

// usageArgs makes a wrong number of arguments a usage error that says what is taken.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		err := check(cmd, args)
		switch {
		case err == nil:
			return nil
		case !cmd.HasSubCommands():
			err = fmt.Errorf("%w: the usage is %s", err, cmd.UseLine())
		}
		return exitError{exitUsage, fmt.Errorf("%w (see %s --help)", err, cmd.CommandPath())}
	}
}
