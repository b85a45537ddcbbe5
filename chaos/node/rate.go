//go:build linux

package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"github.com/rmqproof/rmqproof/chaos"
)

// Rate is the verb: a token bucket on the pod's interface. It goes with the pod, if the pod goes.
type Rate struct{ Proc Proc }

// Name is the verb's.
func (Rate) Name() string { return RateVerb }

// The bucket: what may be sent at once, and what may wait until it is dropped.
const (
	burst   = 32 << 10 // more than the largest packet that the kernel hands over
	waiting = 256 << 10
)

// Do refuses an interface that somebody else shapes.
func (r Rate) Do(_ context.Context, a chaos.Act) error {
	var args RateArgs
	if err := json.Unmarshal(a.Args, &args); err != nil || args.PerSecond == 0 {
		return fmt.Errorf("reading how slow the pod shall send: %q (%w)", a.Args, err)
	}
	return r.in(a, func(h *netlink.Handle, link netlink.Link) error {
		had, err := rootOf(h, link)
		if err != nil {
			return err
		}
		if had != nil {
			return fmt.Errorf("interface %s of pod %s is shaped already (%s): it is left alone", link.Attrs().Name, a.On.Pod, had.Type())
		}
		err = h.QdiscAdd(&netlink.Tbf{
			QdiscAttrs: netlink.QdiscAttrs{LinkIndex: link.Attrs().Index, Handle: handleOf(a), Parent: netlink.HANDLE_ROOT},
			Rate:       args.PerSecond, Limit: waiting, Buffer: ticks(burst, args.PerSecond),
		})
		if err != nil {
			return fmt.Errorf("shaping interface %s of pod %s (does the kernel have the tbf queue?): %w", link.Attrs().Name, a.On.Pod, err)
		}
		return nil
	})
}

// ticks is how long the bytes take at the rate, as the kernel writes time: 15.625 ticks a microsecond.
func ticks(bytes, perSecond uint64) uint32 {
	return uint32(float64(bytes) / float64(perSecond) * 1e6 * 15.625)
}

// Undo removes our bucket, and reads back that it is gone.
func (r Rate) Undo(_ context.Context, a chaos.Act) error {
	err := r.in(a, func(h *netlink.Handle, link netlink.Link) error {
		had, err := rootOf(h, link)
		if err != nil || had == nil || had.Attrs().Handle != handleOf(a) {
			return err
		}
		if err := h.QdiscDel(had); err != nil {
			return fmt.Errorf("unshaping interface %s of pod %s: %w", link.Attrs().Name, a.On.Pod, err)
		}
		if left, err := rootOf(h, link); err != nil || left != nil {
			return errors.Join(err, fmt.Errorf("interface %s of pod %s was unshaped and still is shaped", link.Attrs().Name, a.On.Pod))
		}
		return nil
	})
	if errors.Is(err, ErrGone) {
		return nil
	}
	return err
}

// See reads the bucket's own count.
func (r Rate) See(_ context.Context, a chaos.Act) (any, error) {
	var seen Shaped
	err := r.in(a, func(h *netlink.Handle, link netlink.Link) error {
		had, err := rootOf(h, link)
		bucket, ok := had.(*netlink.Tbf)
		if err != nil || !ok || bucket.Handle != handleOf(a) {
			return err
		}
		seen.PerSecond = bucket.Rate
		if s := bucket.Statistics; s != nil && s.Queue != nil && s.Basic != nil {
			seen.Delayed, seen.Sent = s.Queue.Overlimits, s.Basic.Bytes
		}
		return nil
	})
	return seen, err
}

// in opens the pod's interface to the network: the one that is up and not the loopback.
func (r Rate) in(a chaos.Act, do func(*netlink.Handle, netlink.Link) error) error {
	return Cut{Proc: r.Proc}.in(a, func(namespace *os.File) error {
		h, err := netlink.NewHandleAt(netns.NsHandle(namespace.Fd()), unix.NETLINK_ROUTE)
		if err != nil {
			return fmt.Errorf("reaching the interfaces of pod %s: %w", a.On.Pod, err)
		}
		defer h.Close()
		links, err := h.LinkList()
		if err != nil {
			return fmt.Errorf("listing the interfaces of pod %s: %w", a.On.Pod, err)
		}
		for _, l := range links {
			if l.Attrs().OperState == netlink.OperUp && l.Attrs().EncapType != "loopback" {
				return do(h, l)
			}
		}
		return fmt.Errorf("pod %s has no interface that is up", a.On.Pod)
	})
}

// rootOf is what shapes the interface, nil where it is only the kernel's own.
func rootOf(h *netlink.Handle, link netlink.Link) (netlink.Qdisc, error) {
	all, err := h.QdiscList(link)
	if err != nil {
		return nil, fmt.Errorf("reading what shapes interface %s: %w", link.Attrs().Name, err)
	}
	for _, q := range all {
		if q.Attrs().Parent == netlink.HANDLE_ROOT && q.Attrs().Handle != 0 {
			return q, nil
		}
	}
	return nil, nil
}

// handleOf is the same for whichever helper undoes the act, and never 0.
func handleOf(a chaos.Act) uint32 { return netlink.MakeHandle(uint16(numberOf(a)|0x100), 0) }
