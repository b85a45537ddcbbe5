//go:build linux

package node

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// vdso is the code that the kernel maps into a process for questions, such as the time, that need no call of the kernel.
type vdso struct {
	base  uint64
	image []byte
	asks  []function // that answer with the time of day
}

type function struct {
	name     string
	at, size uint64 // at counts from base
}

// The functions, and how each is replaced. Others, as time(), keep the kernel's clock: a JVM asks these two.
var replaced = map[string]func(to function, slot uint64) []byte{
	"__vdso_clock_gettime": clockGettime,
	"__vdso_gettimeofday":  gettimeofday,
}

// What is added stands behind the code of clock_gettime: eight bytes of seconds, and one that is 1 or 0.
const slotBehind, gateBehind = 40, 48

// vdso reads a process's.
func (p Proc) vdso(pid int) (vdso, error) {
	return readVDSO(filepath.Join(string(p), strconv.Itoa(pid)))
}

// kernelsOwn is what the kernel gives to every process, this one included.
func kernelsOwn() (vdso, error) { return readVDSO("/proc/self") }

func readVDSO(process string) (v vdso, err error) {
	maps, err := os.ReadFile(filepath.Join(process, "maps"))
	if err != nil {
		return v, err
	}
	var end uint64
	for line := range strings.Lines(string(maps)) {
		if strings.HasSuffix(strings.TrimSpace(line), "[vdso]") {
			if _, err := fmt.Sscanf(line, "%x-%x", &v.base, &end); err != nil {
				return v, fmt.Errorf("reading the memory map of %s: %w", process, err)
			}
		}
	}
	if end == 0 {
		return v, fmt.Errorf("%s has no vDSO: its clock cannot be moved", process)
	}
	v.image = make([]byte, end-v.base)
	mem, err := os.Open(filepath.Join(process, "mem"))
	if err != nil {
		return v, err
	}
	defer mem.Close()
	if _, err := mem.ReadAt(v.image, int64(v.base)); err != nil {
		return v, fmt.Errorf("reading the vDSO of %s: %w", process, err)
	}
	return v, v.find()
}

// find looks the functions up by their names.
func (v *vdso) find() error {
	file, err := elf.NewFile(bytes.NewReader(v.image))
	if err != nil {
		return fmt.Errorf("the vDSO is no ELF image: %w", err)
	}
	if file.Machine != elf.EM_X86_64 {
		return fmt.Errorf("the clock of a process can be moved on x86-64 alone, and this is %s", file.Machine)
	}
	symbols, err := file.DynamicSymbols()
	if err != nil {
		return fmt.Errorf("the vDSO names nothing: %w", err)
	}
	for _, s := range symbols {
		if replaced[s.Name] != nil {
			v.asks = append(v.asks, function{s.Name, s.Value, s.Size})
		}
	}
	if len(v.asks) != len(replaced) || v.slot()%8 != 0 {
		return errors.New("the kernel's vDSO is not laid out as expected: the clock cannot be moved")
	}
	return nil
}

// slot is where the seconds stand, counted from base.
func (v vdso) slot() uint64 { return v.named("__vdso_clock_gettime").at + slotBehind }

func (v vdso) named(name string) function {
	for _, f := range v.asks {
		if f.name == name {
			return f
		}
	}
	return function{}
}

// piece is what is written where, counted from base.
type piece struct {
	at   uint64
	code []byte
}

// shifting is code that adds seconds to the time of day.
func (v vdso) shifting(seconds int64) (pieces []piece, err error) {
	for _, f := range v.asks {
		code := replaced[f.name](f, v.slot())
		if f.at == v.slot()-slotBehind {
			code = append(code, make([]byte, slotBehind-len(code))...)
			code = binary.LittleEndian.AppendUint64(code, uint64(seconds))
			code = append(code, 1)
		}
		if uint64(len(code)) > f.size {
			return nil, fmt.Errorf("%s of this kernel has %d bytes, too few for the %d that move the clock", f.name, f.size, len(code))
		}
		pieces = append(pieces, piece{f.at, code})
	}
	return pieces, nil
}

// from is the same functions as another process has them.
func (v vdso) from(other vdso) (pieces []piece) {
	for _, f := range v.asks {
		o := other.named(f.name)
		pieces = append(pieces, piece{f.at, other.image[o.at : o.at+o.size]})
	}
	return pieces
}

// added is what the code adds now, in seconds, and whether it is ours at all.
func (v vdso) added() (seconds int64, shifted bool) {
	f := v.named("__vdso_clock_gettime")
	ours := clockGettime(f, v.slot())
	if !bytes.HasPrefix(v.image[f.at:], ours) {
		return 0, false
	}
	seconds = int64(binary.LittleEndian.Uint64(v.image[v.slot():]))
	return seconds * int64(v.image[f.at+gateBehind]), true
}
