package availability

import (
	"slices"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

const s = time.Second

func stretch(from, to time.Duration) Outage { return Outage{Start: from, End: to} }

// TestWhatIsMissingAtTheEndsIsDark only where it is longer than a pause may be.
func TestWhatIsMissingAtTheEndsIsDark(t *testing.T) {
	for from, want := range map[time.Duration][]Outage{
		9 * s:   nil,
		9*s - 1: {stretch(9*s-1, 10*s)},
		8 * s:   {stretch(8*s, 10*s)},
	} {
		w := Watch{Start: 10 * s, End: 20 * s}
		if got := w.Dark(from, 20*s, s); !slices.Equal(got, want) {
			t.Errorf("from %s: %v, want %v", from, got, want)
		}
		to := 30*s - from
		for i, x := range want {
			want[i] = stretch(30*s-x.End, 30*s-x.Start)
		}
		if got := w.Dark(10*s, to, s); !slices.Equal(got, want) {
			t.Errorf("to %s: %v, want %v", to, got, want)
		}
	}
}

// TestTheEdgesOfABaseline has a fault at 20 s, and service that is out, or begins, about when it counts.
func TestTheEdgesOfABaseline(t *testing.T) {
	fault := []Fault{{Span: history.Span{Name: "f", Start: 20 * s, End: 21 * s}, From: 20 * s}}
	sound := 10 * s
	o := Options{StableGap: s, StableFor: 5 * s, Sound: &sound}
	whole := Watch{Who: "x", Did: "probed", Start: 0, End: 60 * s, Resolution: s / 10, Served: true, FirstServed: s}
	for name, c := range map[string]struct {
		change func(*Watch)
		doubt  bool
	}{
		"served from the fault on":           {func(w *Watch) { w.FirstServed = 20 * s }, true},
		"served just before":                 {func(w *Watch) { w.FirstServed = 20*s - 1 }, false},
		"out for a pause":                    {func(w *Watch) { w.Hard = []Outage{stretch(14*s, 15*s)} }, false},
		"out for longer than a pause":        {func(w *Watch) { w.Hard = []Outage{stretch(14*s, 15*s+1)} }, true},
		"out until the baseline begins":      {func(w *Watch) { w.Hard = []Outage{stretch(5*s, 10*s)} }, false},
		"out a little longer":                {func(w *Watch) { w.Hard = []Outage{stretch(5*s, 10*s+1)} }, true},
		"out from one resolution before":     {func(w *Watch) { w.Hard = []Outage{stretch(20*s-s/10, 25*s)} }, false},
		"out a little earlier":               {func(w *Watch) { w.Hard = []Outage{stretch(20*s-s/10-1, 25*s)} }, true},
		"bad until 5 s before":               {func(w *Watch) { w.Shaky = []Outage{stretch(11*s, 15*s)} }, false},
		"bad a little longer":                {func(w *Watch) { w.Shaky = []Outage{stretch(11*s, 15*s+1)} }, true},
		"watched for 5 s but one resolution": {func(w *Watch) { w.End = 25*s - s/10 }, false},
		"watched for less":                   {func(w *Watch) { w.End = 25*s - s/10 - 1 }, true},
		"blind for no time at all":           {func(w *Watch) { w.Blind = []Outage{stretch(22*s, 22*s)} }, false},
		"blind from 5 s after":               {func(w *Watch) { w.Blind = []Outage{stretch(25*s, 40*s)} }, false},
		"blind a little earlier":             {func(w *Watch) { w.Blind = []Outage{stretch(25*s-1, 40*s)} }, true},
	} {
		w := whole
		c.change(&w)
		if r := w.Recoveries(fault, o)[0]; (r.Doubt != "") != c.doubt {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// TestWhatAnotherFaultDoesIsNoSickness: a fault at 20 s comes while another acts, which began at 10 s. It is healed later than
// that, or it is over before: then the baseline has to be sound.
func TestWhatAnotherFaultDoesIsNoSickness(t *testing.T) {
	for name, c := range map[string]struct {
		end   time.Duration
		hard  []Outage
		shaky []Outage
		doubt bool
	}{
		"out since the other fault":             {end: 30 * s, hard: []Outage{stretch(10*s-s/10, 28*s)}},
		"out since before the other fault":      {end: 30 * s, hard: []Outage{stretch(10*s-s/10-1, 28*s)}, doubt: true},
		"bad since the other fault":             {end: 30 * s, shaky: []Outage{stretch(10*s-s/10, 28*s)}},
		"bad since before the other fault":      {end: 30 * s, shaky: []Outage{stretch(10*s-s/10-1, 28*s)}, doubt: true},
		"the other ends when this begins, bad":  {end: 20 * s, shaky: []Outage{stretch(12*s, 28*s)}, doubt: true},
		"the other ends a little later and bad": {end: 20*s + 1, shaky: []Outage{stretch(12*s, 28*s)}},
	} {
		spans := []history.Span{{Name: "cut", Start: 10 * s, End: c.end, Healed: c.end}, {Name: "kill", Start: 20 * s, End: 21 * s, Healed: 21 * s}}
		w := Watch{Who: "x", Did: "probed", End: 60 * s, Resolution: s / 10, Served: true, FirstServed: s, Hard: c.hard, Shaky: c.shaky}
		all := w.Recoveries(Healed(spans), Options{StableGap: s, StableFor: 5 * s})
		i := slices.IndexFunc(all, func(r Recovery) bool { return r.Fault == "kill" })
		if r := all[i]; (r.Doubt != "") != c.doubt {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// TestAnOutageThatNobodySawTheEndOf is a trifle up to the length of a pause.
func TestAnOutageThatNobodySawTheEndOf(t *testing.T) {
	fault := []Fault{{Span: history.Span{Name: "f", Start: 20 * s, End: 21 * s}, From: 20 * s}}
	for length, recovered := range map[time.Duration]bool{s: true, s + 1: false} {
		w := Watch{Start: 0, End: 60 * s, Served: true, Interruptions: []Outage{{Start: 60*s - length, End: 60 * s, Open: true, unseen: true}}}
		if r := w.Recoveries(fault, Options{StableGap: s, StableFor: 5 * s})[0]; r.Recovered != recovered {
			t.Errorf("of %s: %+v", length, r)
		}
	}
}

// TestJoinedStretchesAreOpenWhereTheLastOneIs joins two by what is between them, and says whether what came out had ended.
func TestJoinedStretchesAreOpenWhereTheLastOneIs(t *testing.T) {
	for _, c := range []struct {
		a, b Outage
		open bool
	}{
		{Outage{0, 10 * s, true, false}, stretch(2*s, 5*s), true},
		{Outage{0, 10 * s, true, false}, stretch(2*s, 10*s), true},
		{Outage{0, 5 * s, true, false}, stretch(2*s, 10*s), false},
		{stretch(0, 5*s), Outage{2 * s, 10 * s, true, false}, true},
		{stretch(0, 10*s), Outage{2 * s, 10 * s, true, false}, true},
		{stretch(0, 10*s), stretch(2*s, 5*s), false},
	} {
		for what, l := range map[string][]Outage{"chain": chains([]Outage{c.a, c.b}, 5*s), "union": union([]Outage{c.a}, []Outage{c.b})} {
			if len(l) != 1 || l[0].End != max(c.a.End, c.b.End) || l[0].Open != c.open {
				t.Errorf("%s of %v and %v: %v", what, c.a, c.b, l)
			}
		}
	}
	if l := union([]Outage{stretch(0, 10*s)}, []Outage{{2 * s, 5 * s, true, false}}); l[0].Open {
		t.Errorf("what lies within a longer one that ended is over as well: %v", l)
	}
}
