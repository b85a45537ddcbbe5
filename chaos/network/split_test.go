package network

import "testing"

func TestWhoReachesWhomInASplit(t *testing.T) {
	for shape, want := range map[Shape][]string{ // a row for each of five servers: whom it reaches
		Halves: {"x.x.x", ".x.x.", "x.x.x", ".x.x.", "x.x.x"},
		Bridge: {"x.x.x", ".x.xx", "x.x.x", ".x.xx", "xxxxx"},
		Ring:   {"xx..x", "xxx..", ".xxx.", "..xxx", "x..xx"},
	} {
		for n, row := range want {
			got := ""
			for m := range want {
				if shape.reaches(n, m, len(want)) {
					got += "x"
				} else {
					got += "."
				}
			}
			if got != row {
				t.Errorf("%s: server %d reaches %s, want %s", shape, n, got, row)
			}
		}
	}
}
