//go:build linux

package node

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/nftables/expr"

	"github.com/rmqproof/rmqproof/chaos"
)

// rulesInMemory is a kernel's table of rules.
type rulesInMemory struct{ added, removed int }

func (r *rulesInMemory) Add(*os.File, string, Match, ...expr.Any) error { r.added++; return nil }
func (r *rulesInMemory) Remove(*os.File, string) error                  { r.removed++; return nil }
func (r *rulesInMemory) Count(*os.File, string) (Drops, error) {
	return Drops{Rules: r.added - r.removed, Packets: 3}, nil
}

type ear struct {
	rules *rulesInMemory
	ended []int // rules that had been removed when it ended
}

func (*ear) seen(d Drops) any { return Delayed{Drops: d, Held: 5} }
func (e *ear) end()           { e.ended = append(e.ended, e.rules.removed) }

// podWithNetwork is fakeProc whose pod of UID pod1 has a network namespace.
func podWithNetwork(t *testing.T) Proc {
	p := fakeProc(t)
	for _, pid := range []int{10, 11, 12} {
		ns := filepath.Join(string(p), strconv.Itoa(pid), "ns")
		if err := errors.Join(os.MkdirAll(ns, 0o700), os.WriteFile(filepath.Join(ns, "net"), nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func TestWhoeverListensEndsOnceAndAfterTheRules(t *testing.T) {
	rules := &rulesInMemory{}
	q := queues{cut: Cut{podWithNetwork(t), rules}}
	a := chaos.Act{ID: "1", On: chaos.Process{UID: "pod1"}}
	e, m := &ear{rules: rules}, Match{Addresses: []netip.Addr{netip.MustParseAddr("10.0.0.1")}, In: true}
	if err := q.begin(a, m, nil, func(*os.File) (listening, error) { return e, nil }); err != nil {
		t.Fatal(err)
	}
	if seen, err := q.See(t.Context(), a); err != nil || seen != (Delayed{Drops: Drops{1, 3}, Held: 5}) {
		t.Errorf("See = %+v, %v", seen, err)
	}
	for range 2 {
		if err := q.Undo(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	if len(e.ended) != 1 || e.ended[0] != 1 {
		t.Errorf("it ended when so many rules had been removed: %v, want once, at 1", e.ended)
	}
	if seen, err := q.See(t.Context(), a); err != nil || seen.(Meddled).Problem == "" {
		t.Errorf("another helper sees %+v, %v", seen, err)
	}
}

func TestNoRuleStandsWhereNobodyListens(t *testing.T) {
	rules := &rulesInMemory{}
	q := queues{cut: Cut{podWithNetwork(t), rules}}
	deaf := errors.New("deaf")
	err := q.begin(chaos.Act{ID: "1", On: chaos.Process{UID: "pod1"}}, Match{Addresses: []netip.Addr{netip.MustParseAddr("10.0.0.1")}, In: true}, nil,
		func(*os.File) (listening, error) { return nil, deaf })
	if !errors.Is(err, deaf) || rules.added != 0 {
		t.Errorf("begin: %v; %d rules were added", err, rules.added)
	}
}
