//go:build linux

package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"unsafe"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"

	"github.com/rmqproof/rmqproof/chaos"
)

// Power is the verb. The file system stays dead until it is unmounted everywhere.
type Power struct {
	proc Proc
	send func(Proc, Process, syscall.Signal) error
	cut  func(folder *os.File) error

	saw byAct[Outage]
}

func newPower(p Proc) *Power { return &Power{proc: p, send: sendByPidfd, cut: shutDown} }

// Name is the verb's.
func (*Power) Name() string { return PowerVerb }

// Do stops the server, shuts the file system below its folder down without writing its journal out, sees that it is dead, and
// kills the server: in this order, so that nothing is acknowledged on a dead disk and nothing is saved by a dying process.
func (p *Power) Do(_ context.Context, a chaos.Act) error {
	var args PowerArgs
	if err := json.Unmarshal(a.Args, &args); err != nil {
		return fmt.Errorf("reading whose disk it is: %w", err)
	}
	v, err := p.proc.volumeOf(a)
	if err != nil {
		return err
	}
	folder, err := os.Open(v.folder)
	if err != nil {
		return fmt.Errorf("opening the store of pod %s: %w", a.On.Pod, err)
	}
	defer folder.Close()
	if args.DiskAlone {
		return p.end(a, v.mount, folder)
	}
	if err := p.send(p.proc, v.server, syscall.SIGSTOP); err != nil {
		return err
	}
	err = p.end(a, v.mount, folder)
	return errors.Join(err, p.send(p.proc, v.server, syscall.SIGKILL))
}

// end shuts the file system down, and sees that it is dead.
func (p *Power) end(a chaos.Act, mount *mountinfo.Info, folder *os.File) error {
	if err := p.cut(folder); err != nil {
		return err
	}
	return p.note(a, mount, folder)
}

// note tries to write, which has to fail, and remembers what was seen.
func (p *Power) note(a chaos.Act, mount *mountinfo.Info, folder *os.File) error {
	name := filepath.Join(folder.Name(), ".rmqproof-power")
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		f.Close()
		os.Remove(name)
		return fmt.Errorf("the file system at %s was shut down, and takes writes still", mount.Mountpoint)
	}
	p.saw.put(a, Outage{FileSystem: mount.FSType, Device: mount.Source, Refusal: err.Error()})
	return nil
}

// shutDown asks ext4 or XFS to go down at once, with nothing of what is not on the disk yet.
func shutDown(folder *os.File) error {
	const request, withoutFlush = 0x8004587d, 2 // _IOR('X', 125, __u32), the same for both
	how := uint32(withoutFlush)
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, folder.Fd(), request, uintptr(unsafe.Pointer(&how))); errno != 0 {
		return fmt.Errorf("shutting the file system down: %w", errno)
	}
	return nil
}

// Undo has nothing to do here: the file system comes back when it is unmounted everywhere and mounted anew.
func (*Power) Undo(context.Context, chaos.Act) error { return nil }

// See tells what was seen at the moment.
func (p *Power) See(_ context.Context, a chaos.Act) (any, error) {
	saw, _ := p.saw.get(a)
	return saw, nil
}
