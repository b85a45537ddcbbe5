//go:build linux

package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/rmqproof/rmqproof/chaos"
)

// Stale is the verb: every address of IPv4 in an answer becomes another one.
type Stale struct{ tap }

func newStale(p Proc) *Stale { return &Stale{newTap(p)} }

// Name is the verb's.
func (*Stale) Name() string { return StaleVerb }

// Do begins to change answers.
func (s *Stale) Do(ctx context.Context, a chaos.Act) error {
	var args StaleArgs
	if err := json.Unmarshal(a.Args, &args); err != nil {
		return fmt.Errorf("reading which answer to give: %w", err)
	}
	if !args.To.Is4() || args.Out {
		return errors.New("answers that come in can be changed, to an address of IPv4")
	}
	return s.start(ctx, a, args.Match, nil, func(*os.File) (meddler, error) { return &forger{to: args.To.As4()}, nil })
}

// forger changes answers.
type forger struct {
	to [4]byte

	mu  sync.Mutex
	now Meddled
}

func (f *forger) packet(b []byte) []byte {
	changed := forge(b, f.to)
	if changed != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.now.Done++
	}
	return changed
}

func (f *forger) done() Meddled {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (*forger) close() {}

// The port of DNS, and the parts of a packet in bytes.
const (
	dnsPort                         = 53
	ipHeader, udpHeader, dnsHeader  = 20, 8, 12
	typeA, classInternet            = 1, 1
	afterName, pointer, lengthOfIP4 = 10, 0xc0, 4
)

// forge returns the answer with every address of IPv4 replaced, nil where it is none or has none. Over UDP on IPv4 a checksum may be left out.
func forge(packet []byte, to [4]byte) []byte {
	if len(packet) < ipHeader || packet[0]>>4 != 4 || packet[9] != unix.IPPROTO_UDP {
		return nil
	}
	b := append([]byte(nil), packet...)
	header := int(b[0]&15) * 4
	if len(b) < header+udpHeader+dnsHeader || be16(b[header:]) != dnsPort {
		return nil
	}
	b[header+6], b[header+7] = 0, 0
	if !replaceAddresses(b[header+udpHeader:], to) {
		return nil
	}
	return b
}

// replaceAddresses walks over the questions and the answers of a message.
func replaceAddresses(m []byte, to [4]byte) (found bool) {
	at, questions, answers := dnsHeader, int(be16(m[4:])), int(be16(m[6:]))
	for range questions {
		if at = pastName(m, at) + 4; at > len(m) {
			return false
		}
	}
	for range answers {
		if at = pastName(m, at); at+afterName > len(m) {
			return found
		}
		data, length := at+afterName, int(be16(m[at+8:]))
		if data+length > len(m) {
			return found
		}
		if be16(m[at:]) == typeA && be16(m[at+2:]) == classInternet && length == lengthOfIP4 {
			copy(m[data:], to[:])
			found = true
		}
		at = data + length
	}
	return found
}

// pastName is behind a name: labels until an empty one, or until a pointer to where the rest stands. Past the end where it is cut off.
func pastName(m []byte, at int) int {
	for at < len(m) {
		switch {
		case m[at] == 0:
			return at + 1
		case m[at]&pointer == pointer:
			return at + 2
		}
		at += 1 + int(m[at])
	}
	return len(m) + 1
}

func be16(b []byte) uint16 { return uint16(b[0])<<8 | uint16(b[1]) }
