package payload

import (
	"strings"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	for _, size := range []int{0, 1, 24, 64, 1000} {
		id := ID{Run: "kill-master", Producer: 7, Seq: 1 << 40}
		body := Encode(id, size, 5)
		if len(body) != max(size, fixed+len(id.Run)) {
			t.Errorf("size %d gives %d bytes", size, len(body))
		}
		if got, intact := Decode(body); !intact || got != id {
			t.Errorf("size %d: decoded %+v, intact %t", size, got, intact)
		}
	}
}

func TestEveryFlippedBitIsSeen(t *testing.T) {
	body := Encode(ID{Run: "r", Producer: 1, Seq: 2}, 100, 5)
	for i := range body {
		for bit := range 8 {
			body[i] ^= 1 << bit
			if _, intact := Decode(body); intact {
				t.Fatalf("bit %d of byte %d flipped, yet intact", bit, i)
			}
			body[i] ^= 1 << bit
		}
	}
}

func TestEveryCutIsSeen(t *testing.T) {
	body := Encode(ID{Run: "r", Producer: 1, Seq: 2}, 100, 5)
	for i := range body {
		if _, intact := Decode(body[:i]); intact {
			t.Fatalf("cut to %d bytes, yet intact", i)
		}
	}
}

func TestCheckRun(t *testing.T) {
	if CheckRun("") == nil || CheckRun(strings.Repeat("x", maxRunID+1)) == nil {
		t.Error("a run id that does not fit into a body was accepted")
	}
	if err := CheckRun(strings.Repeat("x", maxRunID)); err != nil {
		t.Error(err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(magic))
	f.Add(Encode(ID{Run: "run", Producer: 3, Seq: 4}, 50, 5))
	f.Add([]byte("RMQP\x01\xff0123456789"))
	f.Fuzz(func(t *testing.T, body []byte) {
		if id, intact := Decode(body); intact && len(Encode(id, len(body), 5)) != len(body) {
			t.Errorf("an intact body of %d bytes encodes to another size", len(body))
		}
	})
}
