package observe

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/kube"
)

// Aspects say what makes a thing the same, each in words.
type Aspects map[string]string

// Look sees things of one kind, by name.
type Look struct {
	Kind string
	// While: a bystander must be the same while the fault holds. After: it must be the same once all is healed, and
	// nothing may have come. A look may be both.
	While, After bool
	See          func(context.Context, kube.Cluster) (map[string]Aspects, error)
}

// Baseline is what all looks saw at one moment.
type Baseline struct {
	looks []Look
	seen  []map[string]Aspects // by look
}

// Take looks at everything.
func Take(ctx context.Context, c kube.Cluster) (Baseline, error) { return take(ctx, c, looks) }

func take(ctx context.Context, c kube.Cluster, looks []Look) (Baseline, error) {
	b := Baseline{looks: looks}
	var errs []error
	for _, l := range looks {
		seen, err := l.See(ctx, c)
		if err != nil {
			errs = append(errs, fmt.Errorf("looking at each %s: %w", l.Kind, err))
		}
		b.seen = append(b.seen, seen)
	}
	if err := errors.Join(errs...); err != nil {
		return b, fmt.Errorf("recording the state of namespace %s and of the nodes: %w", c.Namespace(), err)
	}
	return b, nil
}

// Bystanders returns nil when nothing has changed since the baseline was taken but the hit, and what other faults of the
// context hit at the same time. Where the context says so, nobody is looked at.
func (b Baseline) Bystanders(ctx context.Context, c kube.Cluster, hit chaos.Things) error {
	if !chaos.Watched(ctx) {
		return nil
	}
	hit = hit.Add(chaos.Spared(ctx))
	now, err := take(ctx, c, b.looks)
	if err != nil {
		return err
	}
	var errs []error
	for n, l := range b.looks {
		if l.While {
			errs = append(errs, changes(l.Kind, "bystander ", hit, b.seen[n], now.seen[n])...)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("the fault was not confined to its target, or something else changed meanwhile: %w", err)
	}
	return nil
}

// Leaks returns nil when everything is again as it was when the baseline was taken, but for what is kept on purpose.
func (b Baseline) Leaks(ctx context.Context, c kube.Cluster, kept chaos.Things) error {
	now, err := take(ctx, c, b.looks)
	if err != nil {
		return err
	}
	var errs []error
	for n, l := range b.looks {
		if l.After {
			errs = append(errs, changes(l.Kind, "", kept, b.seen[n], now.seen[n])...)
			errs = append(errs, additions(l.Kind, kept, b.seen[n], now.seen[n])...)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("the cluster is not as it was before the fault: %w", err)
	}
	return nil
}

func changes(kind, who string, exempt chaos.Things, before, now map[string]Aspects) []error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if slices.Contains(exempt[kind], name) {
			continue
		}
		got, ok := now[name]
		if !ok {
			errs = append(errs, fmt.Errorf("%s%s %s is gone", who, kind, name))
		} else if diff := differences(before[name], got); diff != "" {
			errs = append(errs, fmt.Errorf("%s%s %s: %s", who, kind, name, diff))
		}
	}
	return errs
}

func additions(kind string, exempt chaos.Things, before, now map[string]Aspects) []error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if _, ok := before[name]; !ok && !slices.Contains(exempt[kind], name) {
			errs = append(errs, fmt.Errorf("%s %s was not there before", kind, name))
		}
	}
	return errs
}

func differences(before, now Aspects) string {
	var diff []string
	for _, aspect := range slices.Sorted(maps.Keys(before)) {
		if now[aspect] != before[aspect] {
			diff = append(diff, fmt.Sprintf("%s is %q, before %q", aspect, now[aspect], before[aspect]))
		}
	}
	for _, aspect := range slices.Sorted(maps.Keys(now)) {
		if _, ok := before[aspect]; !ok {
			diff = append(diff, fmt.Sprintf("%s is %q, before there was none", aspect, now[aspect]))
		}
	}
	return strings.Join(diff, "; ")
}
