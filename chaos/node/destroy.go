//go:build linux

package node

import (
	"encoding/binary"
	"fmt"
	"os"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// destroy ends a connection in the namespace. The library's own function knows IPv4 alone.
func destroy(namespace *os.File, s netlink.SocketID) error {
	socket, err := nl.GetNetlinkSocketAt(netns.NsHandle(namespace.Fd()), netns.None(), unix.NETLINK_INET_DIAG)
	if err != nil {
		return fmt.Errorf("reaching the connections of the namespace: %w", err)
	}
	defer socket.Close()
	req := nl.NewNetlinkRequest(nl.SOCK_DESTROY, unix.NLM_F_ACK)
	req.Sockets = map[int]*nl.SocketHandle{unix.NETLINK_INET_DIAG: {Socket: socket}}
	req.AddData(destroyed(s))
	_, err = req.Execute(unix.NETLINK_INET_DIAG, 0)
	return err
}

// destroyed is the kernel's struct inet_diag_req_v2: what family and protocol, in which states, and which connection.
type destroyed netlink.SocketID

const sizeOfDestroyed = 56

// Len is that of the structure.
func (destroyed) Len() int { return sizeOfDestroyed }

// Serialize writes ports and addresses as they are on the line.
func (d destroyed) Serialize() []byte {
	b := make([]byte, sizeOfDestroyed)
	from, to := d.Source.To16(), d.Destination.To16()
	b[0], b[1] = unix.AF_INET6, unix.IPPROTO_TCP
	if four := d.Destination.To4(); four != nil {
		b[0], from, to = unix.AF_INET, d.Source.To4(), four
	}
	binary.NativeEndian.PutUint32(b[4:], ^uint32(0)) // whatever its state
	binary.BigEndian.PutUint16(b[8:], d.SourcePort)
	binary.BigEndian.PutUint16(b[10:], d.DestinationPort)
	copy(b[12:28], from)
	copy(b[28:44], to)
	binary.NativeEndian.PutUint32(b[48:], nl.TCPDIAG_NOCOOKIE)
	binary.NativeEndian.PutUint32(b[52:], nl.TCPDIAG_NOCOOKIE)
	return b
}
