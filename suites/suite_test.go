//go:build e2e

package suites

import (
	"context"
	"errors"
	"os/signal"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/rmqproof/rmqproof/suites/lab"
)

var (
	options lab.Options
	labels  string
	bench   *lab.Lab
)

func TestSuites(t *testing.T) {
	RegisterFailHandler(Fail)
	var err error
	if options, labels, err = lab.FromEnviron(); err != nil {
		t.Fatal(err)
	}
	describeScenarios()
	RunSpecs(t, "rmqproof")
}

var _ = BeforeSuite(func(ctx SpecContext) {
	var err error
	bench, err = lab.Open(untilInterrupted(ctx), options)
	must(err)
	DeferCleanup(func(ctx SpecContext) { must(bench.Close(ctx)) }, NodeTimeout(3*time.Minute))
}, NodeTimeout(45*time.Minute)) // a node image built from source on two slow cores

var _ = ReportAfterSuite("report", func(r Report) {
	trouble := ""
	for _, spec := range r.SpecReports {
		if spec.Failed() && len(spec.ReportEntries) == 0 { // it failed before anything was judged
			trouble += spec.LeafNodeType.String() + " " + spec.FullText() + ": " + spec.FailureMessage() + "\n"
		}
	}
	_, err := lab.Conclude(options, r.StartTime, trouble)
	must(err)
})

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

// must fails the spec in the error's own words; a matcher's would bury them under the error's fields.
func must(err error) {
	GinkgoHelper()
	if err != nil {
		Fail(err.Error())
	}
}
