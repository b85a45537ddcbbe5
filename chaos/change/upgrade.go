package change

import (
	"context"
	"fmt"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
	"github.com/rmqproof/rmqproof/chaos/observe"
)

// Upgrade changes the image of all brokers while they serve, one StatefulSet at a time: whichever has no master at that
// moment comes first, and each waits until the one before is ready, reports the new version and has caught up. The
// upgrade is the state to keep: healing leaves it alone, unless it broke off, and then rolls back.
type Upgrade struct {
	From, To string // images; an empty From takes whatever runs
	// FromVersion and ToVersion are what the brokers report, "5.2.0"; empty: the image's tag.
	FromVersion, ToVersion string
	// NameServers upgrades them as well, and first: a newer broker may send a NameServer requests that an older one
	// does not know, while a newer NameServer knows all that older brokers send.
	NameServers bool
	// MaxBehind is how many bytes a slave may lack and still count as caught up. Zero suits a load with pauses
	// between messages; under a heavy one something is always on its way.
	MaxBehind int64
}

// Name says from which image to which.
func (u Upgrade) Name() string {
	if u.From == "" {
		return "rolling upgrade to " + u.To
	}
	return "rolling upgrade from " + u.From + " to " + u.To
}

// Needs nothing.
func (Upgrade) Needs() []chaos.Need { return []chaos.Need{chaos.StatefulSet} }

// Inject performs the whole upgrade and returns at its end, or where it broke off.
func (u Upgrade) Inject(ctx context.Context, on chaos.System) (chaos.Injection, error) {
	c, err := kube.Of(on)
	if err != nil {
		return nil, err
	}
	if u, err = u.withVersions(); err != nil {
		return nil, err
	}
	p, err := u.plan(ctx, c)
	if err != nil {
		return nil, err
	}
	if p.before, err = observe.Take(ctx, c); err != nil {
		return nil, err
	}
	a := chaos.Begin(on, u, p.String())
	a.Held, a.Hit = p.confirm, p.kept()
	r := roll{plan: p, active: a}
	for range p.sets {
		if err := r.step(ctx); err != nil {
			return a.Changed(), err
		}
	}
	return a, a.Keep(ctx, p.kept())
}

// roll is an upgrade under way.
type roll struct {
	*plan
	active  *chaos.Active
	promise chaos.Entry
	begun   []set // in the order in which they were
}

// step asks who is what now and upgrades the next StatefulSet. Before each, the promise to roll back is amended by it, so
// that it always knows the order, and is closed in one write when all went well.
func (r *roll) step(ctx context.Context) error {
	s, err := r.next(ctx, r.begun)
	if err != nil {
		return err
	}
	r.begun = append(r.begun, s)
	prior := imagesPrior{r.To, r.begun}
	if len(r.begun) == 1 {
		r.promise, err = r.active.Promise(ctx, RestoreImages, prior)
	} else {
		err = r.active.Amend(ctx, r.promise, prior)
	}
	if err != nil {
		return err
	}
	r.active.Acted()
	if err := r.upgrade(ctx, s); err != nil {
		return fmt.Errorf("the upgrade broke off at StatefulSet %s: %w", s.Name, err)
	}
	return nil
}

// kept names what the upgrade changes for good.
func (p *plan) kept() chaos.Things {
	var sets, pods []string
	for _, s := range p.sets {
		sets, pods = append(sets, s.Name), append(pods, s.Pods...)
	}
	return chaos.Things{observe.StatefulSet: sets, observe.Pod: pods}
}
