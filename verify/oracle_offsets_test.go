package verify

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// offsetOracle judges what masters said is committed, by asking of each word all that were said before it.
type offsetOracle struct {
	said  []int64 // one a second; below -1: nothing was said
	fault time.Duration
}

const unsaid = -2

// goneAt is for how long the oldest of what a word takes back had been said when the word before it was.
func (o offsetOracle) goneAt(now int) (lost time.Duration, back bool) {
	last := -1
	for at := range now {
		if o.said[at] != unsaid {
			last = at
		}
	}
	for at := range now {
		if o.said[at] > o.said[now] && o.stands(at, now) {
			return seconds(last - at), true
		}
	}
	return 0, false
}

// stands tells whether what was said at a time had not been taken back before another.
func (o offsetOracle) stands(at, until int) bool {
	for _, v := range o.said[at+1 : until] {
		if v != unsaid && v < o.said[at] {
			return false
		}
	}
	return true
}

func (o offsetOracle) verdict(budget time.Duration) Verdict {
	v := masterVerdict{}
	early, late := false, false
	for now, value := range o.said {
		if value == unsaid {
			continue
		}
		early, late = early || seconds(now) < o.fault, late || seconds(now) > o.fault+time.Second
		if lost, back := o.goneAt(now); back && lost > budget {
			v.bad = true
		}
	}
	v.doubt = !early || !late
	return verdictOf(v.bad, v.doubt)
}

func drawOffsets(t *rapid.T) offsetOracle {
	o := offsetOracle{fault: seconds(rapid.IntRange(3, 20).Draw(t, "fault")) + time.Second/2}
	at := int64(0)
	for range 30 {
		switch rapid.IntRange(0, 9).Draw(t, "word") {
		case 0: // it goes back
			at = max(-1, at-int64(rapid.IntRange(1, 8).Draw(t, "by")))
		case 1, 2:
			o.said = append(o.said, unsaid)
			continue
		case 3: // nothing was consumed
		default:
			at++
		}
		o.said = append(o.said, at)
	}
	return o
}

func (o offsetOracle) history() history.Slice {
	h := history.Slice{&history.Run{Version: 1, ID: "offsets"},
		&history.Send{Topic: "t", Start: 0, End: 1, Outcome: history.OK, Broker: "east", Offset: 0},
		&history.Send{Seq: 1, Topic: "t", Start: seconds(30) - 1, End: seconds(30), Outcome: history.OK, Broker: "east", Offset: 1},
		&history.Span{Name: "kill", Phase: history.Fault, Start: o.fault, Injected: o.fault, Healed: o.fault + time.Second, End: o.fault + time.Second, Confirmed: true}}
	for n, value := range o.said {
		if value != unsaid {
			h = append(h, &history.State{At: seconds(n), Broker: "east", Address: fmt.Sprint(n % 2), What: "offset", Name: "g in t/0", Value: strconv.FormatInt(value, 10)})
		}
	}
	return h
}

func TestCommittedOffsetsAgreeWithTheOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := drawOffsets(t)
		budget := seconds(rapid.IntRange(0, 10).Draw(t, "budget"))
		r, err := Judge(o.history(), Options{Claims: []Claim{claims.OffsetsKept(budget)}})
		if err != nil {
			t.Fatal(err)
		}
		if c, judged := r.Claim("offsets-kept"); judged && c.Verdict != o.verdict(budget) {
			t.Errorf("offsets-kept=%s is %s, want %s: %s", budget, c.Verdict, o.verdict(budget), c.Why)
		}
	})
}
