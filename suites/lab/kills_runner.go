package lab

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os/exec"
	"syscall"
	"time"
)

// killRunner starts the child and kills it. One that ends by itself has not been killed.
func (k kill) killRunner(ctx context.Context, child *exec.Cmd) error {
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		return err
	}
	said := bufio.NewScanner(out)
	if !said.Scan() {
		return fmt.Errorf("the runner ended before its fault began: %w", child.Wait())
	}
	timer := time.NewTimer(k.after)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	_ = child.Process.Kill() // one that has ended takes a signal, too: how it ended is asked below
	_, _ = io.Copy(io.Discard, out)
	_ = child.Wait()
	if ended, ok := child.ProcessState.Sys().(syscall.WaitStatus); !ok || ended.Signal() != syscall.SIGKILL {
		return fmt.Errorf("the runner ended before it was killed (%s): its fault was not injected, or not confirmed", child.ProcessState)
	}
	return nil
}
