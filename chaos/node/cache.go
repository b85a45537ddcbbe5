//go:build linux

package node

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/rmqproof/rmqproof/chaos"
)

// Cache is the verb. It is done at once, and there is nothing to undo: what is read comes back.
type Cache struct {
	Proc Proc

	seen byAct[CacheSeen]
}

func newCache(p Proc) *Cache { return &Cache{Proc: p} }

// Name is the verb's.
func (*Cache) Name() string { return CacheVerb }

// Do has the kernel reclaim within the container's control group, and nowhere else.
func (c *Cache) Do(_ context.Context, a chaos.Act) error {
	server, err := c.Proc.Server(a.On)
	if err != nil {
		return err
	}
	g, err := c.Proc.Group(server.PID, "memory")
	if err != nil {
		return err
	}
	before, err := g.cached()
	if err == nil {
		err = g.reclaim()
	}
	if err != nil {
		return err
	}
	after, err := g.cached()
	c.seen.put(a, CacheSeen{before, after})
	return err
}

// cached is what files take: "cache" in version 1, "file" in version 2.
func (g Group) cached() (int64, error) {
	if g.Unified {
		return g.counter("memory.stat", "file")
	}
	return g.counter("memory.stat", "cache")
}

// reclaim: version 1 empties as far as it can; version 2 is told how much, and says EAGAIN where it cannot find so much.
func (g Group) reclaim() error {
	if !g.Unified {
		return g.write("memory.force_empty", "0")
	}
	all, err := g.cached()
	if err == nil {
		err = g.write("memory.reclaim", strconv.FormatInt(all, 10))
	}
	if errors.Is(err, unix.EAGAIN) {
		return nil
	}
	if err != nil && strings.Contains(err.Error(), "no such file") {
		err = fmt.Errorf("the kernel offers no memory.reclaim (since 5.19): %w", err)
	}
	return err
}

// Undo has nothing to do.
func (*Cache) Undo(context.Context, chaos.Act) error { return nil }

// See returns what was measured.
func (c *Cache) See(_ context.Context, a chaos.Act) (any, error) {
	seen, _ := c.seen.get(a)
	return seen, nil
}
