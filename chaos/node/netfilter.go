package node

import (
	"fmt"
	"net/netip"
	"os"

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

func (netfilter) Add(namespace *os.File, table string, cut CutArgs) error {
	c, err := connect(namespace)
	if err != nil {
		return err
	}
	t := c.AddTable(&nftables.Table{Family: nftables.TableFamilyINet, Name: table})
	if cut.In {
		fill(c, chain(c, t, "in", nftables.ChainHookInput), cut, true)
	}
	if cut.Out {
		fill(c, chain(c, t, "out", nftables.ChainHookOutput), cut, false)
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

// fill adds a rule for each address, and with a port for each end of it.
func fill(c *nftables.Conn, to *nftables.Chain, cut CutArgs, fromThem bool) {
	for _, a := range cut.Addresses {
		match := address(a.Unmap(), fromThem)
		if cut.Port == 0 {
			c.AddRule(&nftables.Rule{Table: to.Table, Chain: to, Exprs: append(match, drop(cut.Percent)...)})
			continue
		}
		for _, offset := range []uint32{0, 2} { // source port, destination port
			exprs := append(append(address(a.Unmap(), fromThem), port(cut.Port, offset)...), drop(cut.Percent)...)
			c.AddRule(&nftables.Rule{Table: to.Table, Chain: to, Exprs: exprs})
		}
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

// drop counts and drops: every packet, or so many in a hundred.
func drop(percent uint32) []expr.Any {
	every := []expr.Any{&expr.Counter{}, &expr.Verdict{Kind: expr.VerdictDrop}}
	if percent == 0 {
		return every
	}
	return append([]expr.Any{
		&expr.Numgen{Register: 1, Modulus: 100, Type: unix.NFT_NG_RANDOM},
		&expr.Cmp{Op: expr.CmpOpLt, Register: 1, Data: binaryutil.NativeEndian.PutUint32(percent)},
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
			all.Rules, all.Packets = all.Rules+1, all.Packets+dropped(r)
		}
	}
	return all, nil
}

func dropped(r *nftables.Rule) uint64 {
	for _, e := range r.Exprs {
		if c, ok := e.(*expr.Counter); ok {
			return c.Packets
		}
	}
	return 0
}
