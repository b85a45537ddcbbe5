//go:build linux

package node

import "encoding/binary"

// clockGettime asks the kernel, and adds to the seconds at (rsi) where it was asked for the time of day (edi is 0).
func clockGettime(to function, slot uint64) []byte {
	return assemble(to, slot, []byte{
		0xb8, 228, 0, 0, 0, // mov eax, SYS_clock_gettime
		0x0f, 0x05, // syscall
		0x85, 0xc0, // test eax, eax
		0x75, 22, // jne end
		0x85, 0xff, // test edi, edi
		0x75, 18, // jne end
	}, []byte{0x48, 0x01, 0x0e, 0xc3}) // add [rsi], rcx; end: ret
}

// gettimeofday asks the kernel, and adds to the seconds at (rdi) where somebody wants them.
func gettimeofday(to function, slot uint64) []byte {
	return assemble(to, slot, []byte{
		0xb8, 96, 0, 0, 0, // mov eax, SYS_gettimeofday
		0x0f, 0x05, // syscall
		0x85, 0xc0, // test eax, eax
		0x75, 23, // jne end
		0x48, 0x85, 0xff, // test rdi, rdi
		0x74, 18, // je end
	}, []byte{0x48, 0x01, 0x0f, 0xc3}) // add [rdi], rcx; end: ret
}

// assemble puts between both what loads rcx with the gate (1 or 0) times the seconds, at their distance from here.
func assemble(to function, slot uint64, before, after []byte) []byte {
	code := append([]byte(nil), before...)
	code = append(code, 0x0f, 0xb6, 0x0d) // movzx ecx, byte [rip + distance]
	code = binary.LittleEndian.AppendUint32(code, distance(to, len(code)+4, slot+gateBehind-slotBehind))
	code = append(code, 0x48, 0x0f, 0xaf, 0x0d) // imul rcx, [rip + distance]
	code = binary.LittleEndian.AppendUint32(code, distance(to, len(code)+4, slot))
	return append(code, after...)
}

// distance counts from the instruction behind, which is where the processor counts from.
func distance(to function, behind int, target uint64) uint32 {
	return uint32(int64(target) - int64(to.at) - int64(behind))
}
