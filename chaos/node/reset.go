//go:build linux

package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"github.com/rmqproof/rmqproof/chaos"
)

// Reset is the verb. What it ends is not brought back: servers connect anew.
type Reset struct {
	proc  Proc
	ended byAct[[]netlink.SocketID]
}

func newReset(p Proc) *Reset { return &Reset{proc: p} }

// Name is the verb's.
func (*Reset) Name() string { return ResetVerb }

// Do has the kernel end each connection: both sides see a reset at once.
func (r *Reset) Do(_ context.Context, a chaos.Act) error {
	var m Match
	if err := json.Unmarshal(a.Args, &m); err != nil {
		return fmt.Errorf("reading whose connections to reset: %w", err)
	}
	return r.in(a, func(namespace *os.File, h *netlink.Handle) error {
		open, err := connections(h)
		if err != nil {
			return err
		}
		var errs []error
		for _, s := range open {
			if !m.meets(s) {
				continue
			}
			local, remote := &net.TCPAddr{IP: s.Source, Port: int(s.SourcePort)}, &net.TCPAddr{IP: s.Destination, Port: int(s.DestinationPort)}
			err := destroy(namespace, s)
			if errors.Is(err, unix.ENOENT) { // it ended by itself meanwhile
				continue
			}
			if err != nil {
				errs = append(errs, fmt.Errorf("resetting the connection %s to %s of pod %s: %w", local, remote, a.On.Pod, err))
				continue
			}
			r.ended.change(a, func(all []netlink.SocketID) []netlink.SocketID { return append(all, s) })
		}
		return errors.Join(errs...)
	})
}

// Undo has nothing to do.
func (*Reset) Undo(context.Context, chaos.Act) error { return nil }

// See looks for the connections that were ended.
func (r *Reset) See(_ context.Context, a chaos.Act) (any, error) {
	ended, _ := r.ended.get(a)
	seen := ResetSeen{Ended: len(ended)}
	err := r.in(a, func(_ *os.File, h *netlink.Handle) error {
		open, err := connections(h)
		for _, s := range open {
			if slices.ContainsFunc(ended, func(e netlink.SocketID) bool { return e.Cookie == s.Cookie }) {
				seen.Left++
			}
		}
		return err
	})
	return seen, err
}

func (r *Reset) in(a chaos.Act, do func(*os.File, *netlink.Handle) error) error {
	return Cut{Proc: r.proc}.in(a, func(namespace *os.File) error {
		h, err := netlink.NewHandleAt(netns.NsHandle(namespace.Fd()), unix.NETLINK_INET_DIAG)
		if err != nil {
			return fmt.Errorf("reaching the connections of pod %s: %w", a.On.Pod, err)
		}
		defer h.Close()
		return do(namespace, h)
	})
}

const established = 1 // as the kernel numbers the states of TCP

// connections are those of both families. A JVM's socket takes both, and has one of IPv4 under an address of IPv6.
func connections(h *netlink.Handle) (open []netlink.SocketID, err error) {
	for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
		all, err := h.SocketDiagTCP(family)
		if err != nil {
			return nil, fmt.Errorf("listing the connections of the pod: %w", err)
		}
		for _, s := range all {
			if s.State == established {
				open = append(open, s.ID)
			}
		}
	}
	return open, nil
}

// meets says that the connection is with one of the addresses, and at the port if there is one.
func (m Match) meets(s netlink.SocketID) bool {
	a, ok := netip.AddrFromSlice(s.Destination)
	return ok && slices.Contains(m.Addresses, a.Unmap()) && (m.Port == 0 || s.SourcePort == m.Port || s.DestinationPort == m.Port)
}
