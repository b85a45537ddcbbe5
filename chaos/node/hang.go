//go:build linux

package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"unsafe"

	"github.com/rmqproof/rmqproof/chaos"
	"golang.org/x/sys/unix"
)

// Requests to a mounted file system, the same for ext4 and XFS.
const (
	freezeRequest = 0xc0045877 // _IOWR('X', 119, int)
	thawRequest   = 0xc0045878 // _IOWR('X', 120, int)
)

// Hang is the verb. Its arguments are FolderArgs, and Stuck is what can be seen. A frozen file system outlives who froze it.
type Hang struct {
	Proc Proc
	Ask  func(folder string, request uintptr) error
}

// Name is the verb's.
func (Hang) Name() string { return HangVerb }

// Do refuses what somebody else has frozen: it is theirs to thaw.
func (h Hang) Do(_ context.Context, a chaos.Act) error {
	v, err := h.Proc.rootOf(a)
	if err == nil {
		err = h.Ask(v.folder, freezeRequest)
	}
	if err != nil {
		return untouched{fmt.Errorf("freezing the volume of pod %s: %w", a.On.Pod, err)}
	}
	return nil
}

// Undo thaws the pod's volumes, also when its container was replaced meanwhile.
func (h Hang) Undo(_ context.Context, a chaos.Act) error {
	folders, err := h.Proc.volumesOf(a.On.UID)
	if err == nil && len(folders) == 0 {
		err = fmt.Errorf("it has no volume on this node any more: where one is still frozen, mount its device and run fsfreeze -u")
	}
	for _, folder := range folders {
		if thawed := h.Ask(folder, thawRequest); !errors.Is(thawed, unix.EINVAL) { // not frozen
			err = errors.Join(err, thawed)
		}
	}
	if err != nil {
		return fmt.Errorf("thawing the volumes of pod %s: %w", a.On.Pod, err)
	}
	return nil
}

// See counts the server's threads that wait for the disk.
func (h Hang) See(ctx context.Context, a chaos.Act) (any, error) { return h.Proc.stuck(ctx, a) }

// askFileSystem sends a request to the file system that a folder is on.
func askFileSystem(folder string, request uintptr) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer f.Close()
	var none int32
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, f.Fd(), request, uintptr(unsafe.Pointer(&none))); errno != 0 {
		return errno
	}
	return nil
}
