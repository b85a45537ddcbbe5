package chaos

import (
	"context"
	"maps"
	"slices"
)

// Add returns the things of both.
func (t Things) Add(more Things) Things {
	sum := maps.Clone(t)
	if sum == nil {
		sum = Things{}
	}
	for kind, names := range more {
		sum[kind] = slices.Concat(sum[kind], names)
	}
	return sum
}

type besideKey struct{}

// Beside returns a context in which Confirm counts what the other injections may change as no bystander.
func Beside(ctx context.Context, others ...Injection) context.Context {
	sum := Spared(ctx)
	for _, i := range others {
		if h, ok := i.(Hitter); ok {
			sum = sum.Add(h.Hits())
		}
	}
	return context.WithValue(ctx, besideKey{}, sum)
}

// Spared names what other injections may change.
func Spared(ctx context.Context) Things {
	t, _ := ctx.Value(besideKey{}).(Things)
	return t
}

type unwatchedKey struct{}

// Unwatched returns a context in which Confirm looks at no bystander: another fault is on its way, as an upgrade is for
// minutes, and nobody knows yet what it changes.
func Unwatched(ctx context.Context) context.Context {
	return context.WithValue(ctx, unwatchedKey{}, true)
}

// Watched says that bystanders are looked at.
func Watched(ctx context.Context) bool { return ctx.Value(unwatchedKey{}) == nil }
