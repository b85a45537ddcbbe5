//go:build e2e

package suites

import (
	"context"
	"errors"
	"os/signal"
	"syscall"

	. "github.com/onsi/ginkgo/v2"
)

// interrupted ends when cmd/rmqproof passes on the user's Ctrl-C. It is not Ginkgo's own interrupt, which buries what
// matters, where the evidence lies and what was taken down, under hundreds of lines of stacks.
var interrupted, _ = signal.NotifyContext(context.Background(), syscall.SIGUSR2)

var errInterrupted = errors.New("interrupted by the user")

// untilInterrupted is ctx that ends with the user's interrupt, too. Cleanup takes a context without it.
func untilInterrupted(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(interrupted, func() { cancel(errInterrupted) })
	DeferCleanup(func() { stop(); cancel(nil) })
	return ctx
}

var _ = BeforeEach(func() {
	if interrupted.Err() != nil {
		AbortSuite(errInterrupted.Error())
	}
})
