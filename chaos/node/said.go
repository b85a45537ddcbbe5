//go:build linux

package node

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// stamped is how RocketMQ begins the lines of its logs.
var stamped = regexp.MustCompile(`(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`)

// lastLines is how much of a log is looked at: its last line may be the end of a long trace.
const lastLines = 64 << 10

// saidTime compares the time in the newest line of the logs that a process has open, which is by its own clock, with the
// time at which the kernel saw it written.
func (p Proc) saidTime(pid int) (ahead time.Duration, err error) {
	dir := filepath.Join(string(p), strconv.Itoa(pid), "fd")
	open, err := os.ReadDir(dir)
	if err != nil {
		return 0, fmt.Errorf("listing the files that process %d has open: %w", pid, err)
	}
	var newest time.Time
	for _, f := range open {
		path := filepath.Join(dir, f.Name())
		if to, err := os.Readlink(path); err != nil || !strings.HasSuffix(to, ".log") {
			continue
		}
		said, written, ok := lastStamp(path)
		if ok && written.After(newest) {
			newest, ahead = written, said.Sub(written)
		}
	}
	if newest.IsZero() {
		return 0, fmt.Errorf("process %d has no log open whose lines begin with a time: nothing tells its clock", pid)
	}
	return ahead.Round(time.Second), nil
}

// lastStamp returns the time in the last line of a log that has one, and when the file was written last.
func lastStamp(path string) (said, written time.Time, ok bool) {
	f, err := os.Open(path)
	if err != nil {
		return said, written, false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return said, written, false
	}
	text := make([]byte, min(info.Size(), lastLines))
	if _, err := f.ReadAt(text, info.Size()-int64(len(text))); err != nil && err != io.EOF {
		return said, written, false
	}
	all := stamped.FindAll(text, -1)
	if len(all) == 0 {
		return said, written, false
	}
	said, err = time.Parse(time.DateTime, string(all[len(all)-1]))
	return said, info.ModTime(), err == nil
}
