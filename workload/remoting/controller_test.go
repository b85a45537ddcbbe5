package remoting

import "testing"

func TestPeersOfBothKindsOfControllers(t *testing.T) {
	for said, want := range map[string][2]string{
		"n0:ctl-0.ctl:9878": {"n0", "ctl-0.ctl:9878"}, "ctl-0.ctl:9878": {"ctl-0.ctl:9878", "ctl-0.ctl:9878"},
	} {
		if id, address, ok := peerOf(said); !ok || id != want[0] || address != want[1] {
			t.Errorf("%s: %s at %s, %t", said, id, address, ok)
		}
	}
	if _, _, ok := peerOf(""); ok {
		t.Error("nothing is a peer")
	}
}
