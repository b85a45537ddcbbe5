//go:build linux

package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"

	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"

	"github.com/rmqproof/rmqproof/chaos"
)

// Duplicate is the verb. The copy leaves by a socket of ours in the pod's own network, with a mark by which it is not copied again.
type Duplicate struct{ tap }

func newDuplicate(p Proc) *Duplicate { return &Duplicate{newTap(p)} }

// Name is the verb's.
func (*Duplicate) Name() string { return DuplicateVerb }

// ourMark is on copies.
const ourMark = 0x726d71

// Do begins to copy.
func (d *Duplicate) Do(ctx context.Context, a chaos.Act) error {
	var args DuplicateArgs
	if err := json.Unmarshal(a.Args, &args); err != nil {
		return fmt.Errorf("reading what to send twice: %w", err)
	}
	for _, to := range args.Addresses {
		if !to.Unmap().Is4() {
			return fmt.Errorf("packets to %s cannot be sent twice: IPv4 alone", to)
		}
	}
	if args.Percent == 0 || args.Percent > 100 || args.In {
		return errors.New("what the pod sends can be sent twice, 1 to 100 in a hundred")
	}
	unmarked := []expr.Any{
		&expr.Meta{Key: expr.MetaKeyMARK, Register: 1},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: binaryutil.NativeEndian.PutUint32(ourMark)},
	}
	return d.start(ctx, a, args.Match, unmarked, func(namespace *os.File) (meddler, error) {
		pid, err := d.cut.Proc.AnyOfPod(a.On.UID)
		if err != nil {
			return nil, err
		}
		told := func() (uint64, error) { return d.cut.Proc.tcpCounter(pid, "TCPDSACKRecv") }
		before, err := told()
		if err != nil {
			return nil, err
		}
		fd, err := rawSocketIn(namespace)
		return &copier{percent: args.Percent, fd: fd, told: told, before: before}, err
	})
}

// rawSocketIn makes a socket that sends packets as they are. Its thread enters the namespace, and ends then.
func rawSocketIn(namespace *os.File) (fd int, err error) {
	err = onThread(func() error {
		if err := unix.Setns(int(namespace.Fd()), unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("entering the pod's network: %w", err)
		}
		fd, err = unix.Socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_RAW)
		if err == nil {
			err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_MARK, ourMark)
		}
		if err != nil {
			return fmt.Errorf("making a socket that sends copies: %w", err)
		}
		return nil
	})
	return fd, err
}

// copier sends copies.
type copier struct {
	percent uint32
	fd      int
	told    func() (uint64, error)
	before  uint64

	mu  sync.Mutex
	now Meddled
}

// packet sends a copy at once; the original follows.
func (c *copier) packet(b []byte) []byte {
	if len(b) < 20 || rand.Uint32N(100) >= c.percent {
		return nil
	}
	err := unix.Sendto(c.fd, b, 0, &unix.SockaddrInet4{Addr: [4]byte(b[16:20])}) // its destination in the header
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.now.Done++
	} else if c.now.Problem == "" {
		c.now.Problem = err.Error()
	}
	return nil
}

func (c *copier) done() Meddled {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now
	if told, err := c.told(); err == nil {
		now.Told = told - c.before
	} else if now.Problem == "" {
		now.Problem = err.Error()
	}
	return now
}

func (c *copier) close() { _ = unix.Close(c.fd) }
