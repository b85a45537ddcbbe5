package flat

import (
	"context"
	"fmt"
	"strings"
)

// RollingUpgrade changes the image of all brokers while they serve: slaves first, then masters, one StatefulSet at
// a time, each only when the one before is ready, reports the new version and has caught up. The upgrade is the
// state to keep: healing leaves it alone, unless it broke off, and then rolls back.
type RollingUpgrade struct {
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

func (u RollingUpgrade) Name() string {
	if u.From == "" {
		return "rolling upgrade to " + u.To
	}
	return "rolling upgrade from " + u.From + " to " + u.To
}

// Inject performs the whole upgrade and returns at its end, or where it broke off.
func (u RollingUpgrade) Inject(ctx context.Context, c Cluster) (Injection, error) {
	u, err := u.withVersions()
	if err != nil {
		return nil, err
	}
	p, err := u.plan(ctx, c)
	if err != nil {
		return nil, err
	}
	before, err := observe(ctx, c)
	if err != nil {
		return nil, err
	}
	i := newInjection(ctx, c, u, p.String())
	i.confirm = func(ctx context.Context) error { return p.confirm(ctx, c, before) }
	if _, err := i.intend(ctx, RestoreSets, p.prior()); err != nil {
		return i.begun(), err
	}
	for _, s := range p.steps {
		if err := p.upgrade(ctx, c, s); err != nil {
			return i, fmt.Errorf("the upgrade broke off at StatefulSet %s: %w", s.Set, err)
		}
	}
	return i, i.settle(ctx)
}

func (u RollingUpgrade) withVersions() (RollingUpgrade, error) {
	if u.ToVersion == "" {
		u.ToVersion = tagOf(u.To)
	}
	if u.FromVersion == "" {
		u.FromVersion = tagOf(u.From)
	}
	if u.To == "" || u.ToVersion == "" {
		return u, fmt.Errorf("image %q has no tag that names a version: set ToVersion to what its brokers report", u.To)
	}
	return u, nil
}

// tagOf returns the tag of an image reference, or nothing.
func tagOf(image string) string {
	image, _, _ = strings.Cut(image, "@")
	name := image[strings.LastIndexByte(image, '/')+1:]
	_, tag, _ := strings.Cut(name, ":")
	return tag
}

// sameVersion compares what a broker reports ("V5_2_0") with what a person writes ("5.2.0").
func sameVersion(a, b string) bool { return plainVersion(a) == plainVersion(b) }

func plainVersion(v string) string {
	v = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(v)), "_", ".")
	return strings.TrimPrefix(v, "v")
}
