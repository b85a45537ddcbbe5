//go:build linux

package node

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// tcpCounter reads a counter of the network namespace that a process is in: a line of names and a line of numbers.
func (p Proc) tcpCounter(pid int, name string) (uint64, error) {
	text, err := os.ReadFile(filepath.Join(string(p), strconv.Itoa(pid), "net", "netstat"))
	if err != nil {
		return 0, err
	}
	var names []string
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] != "TcpExt:" {
			continue
		}
		if names == nil {
			names = fields
			continue
		}
		for n := range names {
			if names[n] == name && n < len(fields) {
				return strconv.ParseUint(fields[n], 10, 64)
			}
		}
	}
	return 0, fmt.Errorf("the kernel counts no %s", name)
}
