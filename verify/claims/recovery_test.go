package claims

import "testing"

// A budget may be counted from when a fault was healed, for all broker groups or for some, and from nothing else.
func TestWhatABudgetIsCountedFrom(t *testing.T) {
	for figure, right := range map[string]bool{"30s": true, "30s@healed": true, "30s@healed:east+west": true, "30s@start": false, "30s@healedeast": false} {
		l, err := ParseAll([]string{"group-resumes-within=" + figure})
		if (err == nil) != right || right && l[0].String() != "group-resumes-within="+figure {
			t.Errorf("group-resumes-within=%s: %v %v", figure, l, err)
		}
	}
}
