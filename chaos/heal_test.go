package chaos_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	k8stesting "k8s.io/client-go/testing"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/change"
	"github.com/rmqproof/rmqproof/chaos/clock"
	"github.com/rmqproof/rmqproof/chaos/disk"
	"github.com/rmqproof/rmqproof/chaos/hand"
	"github.com/rmqproof/rmqproof/chaos/internal/fake"
	"github.com/rmqproof/rmqproof/chaos/nodes"
	"github.com/rmqproof/rmqproof/chaos/pods"
	"github.com/rmqproof/rmqproof/chaos/process"
)

// What could not be undone needs a helper, and recovery learns of which image from the promise to remove it.
func TestRecoverGoesOnWhereAnActCouldNotBeUndone(t *testing.T) {
	f := fake.New(t)
	before := f.State()
	i := inject(t, process.Stop{Target: chaos.Masters.One()}, f)
	f.Stuck = true
	if err := i.Heal(fake.Context(t)); err == nil {
		t.Error("Heal gave no error")
	}
	f.Stuck = false
	helpers := f.Client().CoreV1().Pods(hand.Namespace)
	if list, err := helpers.List(t.Context(), metav1.ListOptions{}); err != nil || len(list.Items) != 1 {
		t.Fatalf("there are %v (%v), want the helper", list.Items, err)
	} else if err := helpers.Delete(t.Context(), list.Items[0].Name, metav1.DeleteOptions{}); err != nil { // it ended with its runner
		t.Fatal(err)
	}
	recoverAndCompare(t, f, "", before)
}

// An undo that takes all the time leaves the others some.
func TestEveryPromiseHasTimeToBeKept(t *testing.T) {
	f := fake.New(t)
	a := chaos.Begin(f, pods.Kill{Target: chaos.Masters.One()}, "x")
	quick := chaos.Undo{Name: "quick", Do: func(ctx context.Context, _ chaos.System, _ chaos.Entry) error { return ctx.Err() }}
	slow := chaos.Undo{Name: "slow", Do: func(ctx context.Context, _ chaos.System, _ chaos.Entry) error { <-ctx.Done(); return ctx.Err() }}
	for _, u := range []chaos.Undo{quick, slow} {
		if _, err := a.Promise(t.Context(), u, nil); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := a.Heal(ctx); err == nil || !strings.Contains(err.Error(), "(slow)") || strings.Contains(err.Error(), "(quick)") {
		t.Errorf("Heal = %v, want the slow one alone", err)
	}
}

// noting has power that remembers when nodes were to run again.
type noting struct {
	*fake.Cluster
	again *time.Time
}

func (n noting) Power() chaos.Power { return notingPower{n.Cluster.Power(), n.again} }

type notingPower struct {
	chaos.Power
	again *time.Time
}

func (n notingPower) Bring(ctx context.Context, node string, to chaos.PowerState) error {
	if to == chaos.Running {
		*n.again = time.Now()
		return errors.New("this node does not start")
	}
	return n.Power.Bring(ctx, node, to)
}

// Recovery counts from the moment at which the power went.
func TestAnOutageBeginsWhenThePowerGoes(t *testing.T) {
	on := noting{fake.New(t), new(time.Time)}
	i, err := nodes.Reboot{Target: chaos.Masters.One()}.Inject(fake.Context(t), on)
	if i == nil || err == nil {
		t.Fatalf("Inject = %v, %v; want what to heal and why", i, err)
	}
	if injected := i.Times().Injected; injected.IsZero() || injected.After(*on.again) {
		t.Errorf("injected at %s, and the node was started at %s", injected, on.again)
	}
}

func TestAWrongVolumeBeginsWhenThePodsGo(t *testing.T) {
	f := fake.New(t).Share()
	var last time.Time
	f.OnUpdate = func() { last = time.Now() }
	i := inject(t, disk.WrongVolume{Target: chaos.Masters.One().In("broker-a"), Of: chaos.Slaves.One().In("broker-b")}, f)
	if injected := i.Times().Injected; !injected.Before(last) {
		t.Errorf("injected at %s, and the last of it was done at %s", injected, last)
	}
}

// That the API server does not answer says nothing of who has which volume: no claim is deleted for it.
func TestNoClaimIsDeletedWhereNoneCanBeRead(t *testing.T) {
	f := fake.New(t).Share()
	i := inject(t, disk.DeleteClaim{Target: chaos.Masters.One()}, f)
	open, err := f.Open().Open(t.Context())
	if err != nil || len(open) != 1 {
		t.Fatalf("open are %v (%v), want one promise", open, err)
	}
	if err := i.Heal(fake.Context(t)); err != nil {
		t.Fatal(err)
	}
	writes := len(f.Writes)
	f.Fake().PrependReactor("get", "persistentvolumeclaims", func(k8stesting.Action) (bool, runtime.Object, error) {
		return true, nil, apierrors.NewTimeoutError("the API server is busy", 1)
	})
	if err := disk.RebindClaims.Do(fake.Context(t), f, open[0]); !apierrors.IsTimeout(err) {
		t.Errorf("got %v, want that the claims cannot be read", err)
	}
	if len(f.Writes) != writes {
		t.Errorf("it wrote %v", f.Writes[writes:])
	}
}

// A server that has died tells no time, neither a wrong one nor the right one.
func TestADeadServerIsNoRightClock(t *testing.T) {
	f := fake.New(t)
	i := inject(t, clock.Strobe{Target: chaos.Masters.One(), By: -time.Hour, Every: time.Second}, f)
	ctx := chaos.WithReporter(fake.Context(t), func(r chaos.Report) {
		if r.Waiting { // it has told the wrong time
			f.Restart("broker-a-master-0")
		}
	})
	if err := i.Confirm(ctx); err == nil {
		t.Error("it is confirmed by a server that is gone")
	}
}

// Its controllers write to a volume while its claim comes or goes.
func TestAVolumeThatWasWrittenToMeanwhileIsReadAgain(t *testing.T) {
	f, conflicts := fake.New(t).Share(), 0
	f.Fake().PrependReactor("update", "persistentvolumes", func(k8stesting.Action) (bool, runtime.Object, error) {
		conflicts++
		return conflicts%2 == 1, nil, apierrors.NewConflict(corev1.Resource("persistentvolumes"), "pv", errors.New("it was written to"))
	})
	i := inject(t, disk.DeleteClaim{Target: chaos.Masters.One()}, f)
	if err := i.Heal(fake.Context(t)); err != nil || conflicts < 4 {
		t.Errorf("Heal = %v after %d writes", err, conflicts)
	}
}

func TestHealingGoesOnOnceTheAPIServerAnswersAgain(t *testing.T) {
	f, asked := fake.New(t), 0
	before := f.State()
	i := inject(t, change.ScaleToZero{Target: chaos.Masters.One()}, f)
	f.Fake().PrependReactor("get", "statefulsets", func(k8stesting.Action) (bool, runtime.Object, error) {
		asked++
		return asked < 3, nil, apierrors.NewInternalError(errors.New("etcdserver: request timed out"))
	})
	if err := i.Heal(fake.Context(t)); err != nil || asked < 3 {
		t.Errorf("Heal = %v after %d questions", err, asked)
	}
	if diff := cmp.Diff(before, f.State()); diff != "" {
		t.Errorf("healed state differs:\n%s", diff)
	}
}
