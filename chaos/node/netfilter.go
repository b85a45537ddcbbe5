//go:build linux

package node

import (
	"fmt"
	"net/netip"
	"os"
	"slices"

	"github.com/google/nftables"
	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// netfilter keeps rules in the kernel's nf_tables, through its own protocol: no program of the node or an image is needed.
type netfilter struct{}

// beforeTracking is ahead of the priority raw (-300).
const beforeTracking nftables.ChainPriority = -310

func connect(namespace *os.File) (*nftables.Conn, error) {
	c, err := nftables.New(nftables.WithNetNSFd(int(namespace.Fd())))
	if err != nil {
		return nil, fmt.Errorf("reaching nf_tables of the pod's network namespace: %w", err)
	}
	return c, nil
}

func (netfilter) Add(namespace *os.File, table string, m Match, then ...expr.Any) error {
	c, err := connect(namespace)
	if err != nil {
		return err
	}
	t := c.AddTable(&nftables.Table{Family: nftables.TableFamilyINet, Name: table})
	if m.In {
		fill(c, chain(c, t, "in", nftables.ChainHookInput), m.packets(true), then)
	}
	if m.Out {
		fill(c, chain(c, t, "out", nftables.ChainHookOutput), m.packets(false), then)
	}
	if err := c.Flush(); err != nil {
		return fmt.Errorf("adding the rules of %s (does the kernel have nf_tables?): %w", table, err)
	}
	return nil
}

func chain(c *nftables.Conn, t *nftables.Table, name string, hook *nftables.ChainHook) *nftables.Chain {
	priority := beforeTracking
	return c.AddChain(&nftables.Chain{Table: t, Name: name, Type: nftables.ChainTypeFilter, Hooknum: hook, Priority: &priority})
}

// fill adds a rule for each kind of packet.
func fill(c *nftables.Conn, to *nftables.Chain, packets [][]expr.Any, then []expr.Any) {
	for _, p := range packets {
		c.AddRule(&nftables.Rule{Table: to.Table, Chain: to, Exprs: append(p, then...)})
	}
}

// packets are those of each address, and with a port of each end of it.
func (m Match) packets(fromThem bool) (all [][]expr.Any) {
	for _, a := range m.Addresses {
		ends := [][]expr.Any{nil}
		if m.Port != 0 {
			ends = [][]expr.Any{port(m.Port, 0), port(m.Port, 2)} // source port, destination port
		}
		for _, end := range ends {
			all = append(all, slices.Concat(address(a.Unmap(), fromThem), end, m.size()))
		}
	}
	return all
}

// size matches packets above a length, as the kernel hands them on: several of a stream may be one by then.
func (m Match) size() []expr.Any {
	if m.Above == 0 {
		return nil
	}
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyLEN, Register: 1},
		&expr.Byteorder{SourceRegister: 1, DestRegister: 1, Op: expr.ByteorderHton, Len: 4, Size: 4}, // numbers compare by their bytes
		&expr.Cmp{Op: expr.CmpOpGt, Register: 1, Data: binaryutil.BigEndian.PutUint32(m.Above)},
	}
}

// address matches packets from the address, or to it.
func address(a netip.Addr, source bool) []expr.Any {
	family, offset := byte(unix.NFPROTO_IPV4), uint32(12) // of the source in an IPv4 header; the destination follows
	if a.Is6() {
		family, offset = unix.NFPROTO_IPV6, 8
	}
	raw := a.AsSlice()
	if !source {
		offset += uint32(len(raw))
	}
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyNFPROTO, Register: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{family}},
		&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseNetworkHeader, Offset: offset, Len: uint32(len(raw))},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: raw},
	}
}

func port(p uint16, offset uint32) []expr.Any {
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{unix.IPPROTO_TCP}},
		&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseTransportHeader, Offset: offset, Len: 2},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: binaryutil.BigEndian.PutUint16(p)},
	}
}

// verdict counts and drops, or refuses: every packet, or so many in a hundred.
func (c CutArgs) verdict() []expr.Any {
	end := expr.Any(&expr.Verdict{Kind: expr.VerdictDrop})
	if c.Refuse {
		end = &expr.Reject{Type: unix.NFT_REJECT_TCP_RST}
	}
	every := []expr.Any{&expr.Counter{}, end}
	if c.Percent == 0 {
		return every
	}
	return append([]expr.Any{
		&expr.Numgen{Register: 1, Modulus: 100, Type: unix.NFT_NG_RANDOM},
		&expr.Cmp{Op: expr.CmpOpLt, Register: 1, Data: binaryutil.NativeEndian.PutUint32(c.Percent)},
	}, every...)
}

func (n netfilter) Remove(namespace *os.File, table string) error {
	c, err := connect(namespace)
	if err != nil {
		return err
	}
	t, err := find(c, table)
	if err != nil || t == nil {
		return err
	}
	c.DelTable(t)
	if err := c.Flush(); err != nil {
		return fmt.Errorf("removing the rules of %s: %w", table, err)
	}
	left, err := find(c, table)
	if err == nil && left != nil {
		err = fmt.Errorf("table %s was removed and is still there", table)
	}
	return err
}

func find(c *nftables.Conn, table string) (*nftables.Table, error) {
	tables, err := c.ListTablesOfFamily(nftables.TableFamilyINet)
	if err != nil {
		return nil, fmt.Errorf("listing the tables of nf_tables: %w", err)
	}
	for _, t := range tables {
		if t.Name == table {
			return t, nil
		}
	}
	return nil, nil
}

func (netfilter) Count(namespace *os.File, table string) (Drops, error) {
	c, err := connect(namespace)
	if err != nil {
		return Drops{}, err
	}
	t, err := find(c, table)
	if err != nil || t == nil {
		return Drops{}, err
	}
	chains, err := c.ListChainsOfTableFamily(nftables.TableFamilyINet)
	if err != nil {
		return Drops{}, fmt.Errorf("listing the chains of %s: %w", table, err)
	}
	var all Drops
	for _, ch := range chains {
		if ch.Table.Name != table {
			continue
		}
		rules, err := c.GetRules(t, ch)
		if err != nil {
			return all, fmt.Errorf("reading the counters of %s: %w", table, err)
		}
		for _, r := range rules {
			all.Rules, all.Packets = all.Rules+1, all.Packets+met(r)
		}
	}
	return all, nil
}

func met(r *nftables.Rule) uint64 {
	for _, e := range r.Exprs {
		if c, ok := e.(*expr.Counter); ok {
			return c.Packets
		}
	}
	return 0
}
