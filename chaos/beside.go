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
