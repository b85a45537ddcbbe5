//go:build linux

package node

import (
	"bytes"
	"testing"
)

// dnsAnswer is a packet with an answer to the question for "ns": an alias, an address of IPv4 and one of IPv6.
func dnsAnswer(from byte) []byte {
	name, ptr := []byte{2, 'n', 's', 0}, []byte{0xc0, 12}
	message := bytes.Join([][]byte{
		{0, 7, 0x81, 0x80, 0, 1, 0, 3, 0, 0, 0, 0}, name, {0, 1, 0, 1},
		ptr, {0, 5, 0, 1, 0, 0, 0, 30, 0, 2}, ptr,
		ptr, {0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 10, 1, 2, 3},
		ptr, {0, 28, 0, 1, 0, 0, 0, 30, 0, 16}, make([]byte, 16),
	}, nil)
	ip := make([]byte, ipHeader)
	ip[0], ip[9] = 0x45, 17
	return bytes.Join([][]byte{ip, {0, from, 1, 2, 0, 0, 9, 9}, message}, nil)
}

func TestAnswersTellTheOtherAddress(t *testing.T) {
	before := dnsAnswer(53)
	got := forge(before, [4]byte{192, 0, 2, 1})
	want := bytes.Replace(before, []byte{10, 1, 2, 3}, []byte{192, 0, 2, 1}, 1)
	copy(want[ipHeader+6:], []byte{0, 0}) // no checksum
	if !bytes.Equal(got, want) {
		t.Errorf("%v\nwant %v", got, want)
	}
}

func TestWhatIsNoAnswerPasses(t *testing.T) {
	whole := dnsAnswer(53)
	tcp := dnsAnswer(53)
	tcp[9] = 6
	question := append([]byte(nil), whole...)
	question[ipHeader+udpHeader+7] = 0 // no answers
	for what, packet := range map[string][]byte{"another port": dnsAnswer(80), "TCP": tcp, "a question": question, "nothing": nil} {
		if forge(packet, [4]byte{1, 2, 3, 4}) != nil {
			t.Errorf("%s was changed", what)
		}
	}
	for n := range whole { // what is cut off anywhere is no reason to fall
		forge(whole[:n], [4]byte{1, 2, 3, 4})
	}
}
