//go:build linux

package node

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Both families of a real kernel; who may not end connections here cannot test it.
func TestAConnectionIsEnded(t *testing.T) {
	namespace, err := os.Open("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	defer namespace.Close()
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		t.Run(address, func(t *testing.T) {
			server, client := connected(t, address)
			local, remote := server.LocalAddr().(*net.TCPAddr), server.RemoteAddr().(*net.TCPAddr)
			err := destroy(namespace, netlink.SocketID{
				Source: local.IP, SourcePort: uint16(local.Port), Destination: remote.IP, DestinationPort: uint16(remote.Port),
			})
			if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EOPNOTSUPP) {
				t.Skip("nobody here may end connections: ", err)
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := client.Read(make([]byte, 1)); !errors.Is(err, unix.ECONNRESET) && !errors.Is(err, io.EOF) {
				t.Errorf("the other side reads %v, and should have been reset", err)
			}
		})
	}
}

func connected(t *testing.T, address string) (server, client net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Skip("no such family here: ", err)
	}
	defer l.Close()
	if client, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if server, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close(); client.Close() })
	return server, client
}
