package verify

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// masterOracle judges what servers said of one group, one word a second, by asking of each moment all that was said before.
type masterOracle struct {
	said   []*history.Change
	faults []time.Duration // when each was injected; each is undone a second later
	end    time.Duration
}

const oracleSilence = 5 * time.Second

// counts reports whether a word is one on mastership: an own one or a controller's, of no epoch that is past.
func (o masterOracle) counts(c *history.Change) bool {
	if c.Role != "master" || c.Epoch < 1 {
		return false
	}
	for _, b := range o.said {
		if b.At < c.At && b.Role == "master" && b.Epoch > c.Epoch {
			return false
		}
	}
	return true
}

// before is the last word that counts before a time, nil where there is none.
func (o masterOracle) before(t time.Duration, want func(*history.Change) bool) (last *history.Change) {
	for _, c := range o.said {
		if c.At < t && o.counts(c) && want(c) {
			last = c
		}
	}
	return last
}

func anyWord(*history.Change) bool         { return true }
func writable(c *history.Change) bool      { return c.By == c.Address && c.Writable }
func seconds(n int) time.Duration          { return time.Duration(n) * time.Second }
func (o masterOracle) alone() bool         { return o.before(o.end+1, anyWord) == nil }
func (o masterOracle) neverWritable() bool { return o.before(o.end+1, writable) == nil }

// verdict takes one delay after another: each from which time it is attributed to a fault, and when it ended.
type masterVerdict struct{ bad, doubt bool }

func (o masterOracle) take(v *masterVerdict, seen, came, budget time.Duration, open bool) {
	from, known := time.Duration(0), false
	for _, f := range o.faults {
		if f <= seen {
			from, known = f, true
		}
	}
	if known {
		v.bad, v.doubt = v.bad || came-from > budget, v.doubt || open
	}
}

func (o masterOracle) elects(budget time.Duration) Verdict {
	v := masterVerdict{doubt: o.alone()}
	for _, c := range o.said {
		if former := o.before(c.At, anyWord); o.counts(c) && former != nil && former.Epoch < c.Epoch {
			o.take(&v, min(c.At, former.At+oracleSilence), c.At, budget, false)
		}
	}
	if last := o.before(o.end+1, anyWord); last != nil && writable(last) && o.end-last.At > oracleSilence {
		o.take(&v, last.At+oracleSilence, o.end, budget, true)
	}
	return verdictOf(v.bad, v.doubt)
}

func (o masterOracle) takesMessages(budget time.Duration) Verdict {
	v := masterVerdict{doubt: o.neverWritable()}
	for _, c := range o.said {
		if last := o.before(c.At, writable); o.counts(c) && writable(c) && last != nil && c.At-last.At > oracleSilence {
			o.take(&v, last.At+oracleSilence, c.At, budget, false)
		}
	}
	if last := o.before(o.end+1, writable); last != nil && o.end-last.At > oracleSilence {
		o.take(&v, last.At+oracleSilence, o.end, budget, true)
	}
	return verdictOf(v.bad, v.doubt)
}

// inSyncAt counts the replicas of which the controller's last word before a time is that they are in sync.
func (o masterOracle) inSyncAt(t time.Duration) (n int) {
	last := map[string]bool{}
	for _, c := range o.said {
		if c.At < t && c.By == oracleBooks {
			last[c.Address] = c.InSync
		}
	}
	for _, in := range last {
		if in {
			n++
		}
	}
	return n
}

const oracleBooks = "controller:9878"

func (o masterOracle) inSyncAgain(budget time.Duration) Verdict {
	v := masterVerdict{doubt: o.inSyncAt(o.end+1) == 0 && !o.everBooked()}
	for _, f := range o.faults {
		had, out := o.inSyncAt(f), false
		for at := f; at <= o.end; at += time.Second / 2 {
			n := o.inSyncAt(at + 1)
			if out && n >= had {
				v.bad, out = v.bad || at-f-time.Second > budget, false
				break
			}
			out = out || n < had
		}
		if out {
			v.bad, v.doubt = v.bad || o.end-f-time.Second > budget, true
		}
	}
	return verdictOf(v.bad, v.doubt)
}

func (o masterOracle) everBooked() bool {
	for _, c := range o.said {
		if c.By == oracleBooks && c.InSync {
			return true
		}
	}
	return false
}

// drawMasters draws a run of 60 s in which a server says something every second or not.
func drawMasters(t *rapid.T) masterOracle {
	o := masterOracle{end: seconds(60)}
	epoch := int64(1)
	master := "a:10911"
	for n := range 60 {
		if rapid.IntRange(0, 3).Draw(t, "silent") == 0 {
			continue
		}
		c := &history.Change{At: seconds(n), Broker: "east", Address: master, Process: master, Role: "master", Epoch: epoch, InSync: true, Writable: true, By: master}
		switch rapid.IntRange(0, 9).Draw(t, "word") {
		case 0: // an election that the controller tells of first
			epoch++
			master = rapid.SampledFrom([]string{"a:10911", "b:10911"}).Draw(t, "elected")
			c.Address, c.Process, c.Epoch, c.Writable, c.By = master, master, epoch, false, oracleBooks
		case 1: // an old master
			c.Epoch = max(1, epoch-1)
		case 2:
			c.Writable = false
		case 3, 4, 5: // the books on a replica
			c.Address = fmt.Sprintf("%s:10911", rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "replica"))
			c.Process, c.Role, c.Epoch, c.Writable, c.By = c.Address, "slave", 0, false, oracleBooks
			c.InSync = rapid.Bool().Draw(t, "in sync")
		}
		o.said = append(o.said, c)
	}
	for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(5, 50), 1, 2, rapid.ID[int]).Draw(t, "faults") {
		o.faults = append(o.faults, seconds(n)+time.Second/2)
	}
	if len(o.faults) == 2 && o.faults[0] > o.faults[1] {
		o.faults[0], o.faults[1] = o.faults[1], o.faults[0]
	}
	return o
}

func (o masterOracle) history() history.Slice {
	h := history.Slice{&history.Run{Version: 1, ID: "masters"},
		&history.Send{Topic: "t", Start: 0, End: 1, Outcome: history.OK, Broker: "east", Offset: 0},
		&history.Send{Seq: 1, Topic: "t", Start: o.end - 1, End: o.end, Outcome: history.OK, Broker: "east", Offset: 1}}
	for i, f := range o.faults {
		h = append(h, &history.Span{Name: fmt.Sprint(i), Phase: history.Fault, Start: f, Injected: f, Healed: f + time.Second, End: f + time.Second, Confirmed: true})
	}
	for _, c := range o.said {
		h = append(h, c)
	}
	return h
}

func TestMastershipAgreesWithTheOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := drawMasters(t)
		budget := seconds(rapid.IntRange(1, 20).Draw(t, "budget"))
		r, err := Judge(o.history(), Options{Claims: []Claim{claims.ElectsWithin(budget), claims.WritableWithin(budget), claims.InSyncAgainWithin(budget)}})
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string]Verdict{
			"elects-within": o.elects(budget), "writable-within": o.takesMessages(budget), "in-sync-again-within": o.inSyncAgain(budget),
		} {
			if c, _ := r.Claim(id); c.Verdict != want {
				t.Errorf("%s is %s, want %s: %s", id, c.Verdict, want, c.Why)
			}
		}
	})
}

// heardOn writes what was said again a second later as the watcher does: the first time, and until when it was heard.
func (o masterOracle) heardOn() masterOracle {
	var said []*history.Change
	open := map[string]*history.Change{} // by who says it of whom: until when it was heard
	for _, c := range o.said {
		key := c.By + " of " + c.Address
		before := open[key]
		again := before != nil && c.Writable && c.By == c.Address && before.At == c.At-time.Second && before.Epoch == c.Epoch && before.Writable && before.Role == c.Role
		switch {
		case again && before.Since > 0:
			before.At = c.At
		case again:
			on := *c
			on.Since = max(before.At, 1)
			said, open[key] = append(said, &on), &on
		default:
			first := *c
			said, open[key] = append(said, &first), &first
		}
	}
	o.said = said
	return o
}

// TestWhatIsHeardOnIsJudgedAsWhatIsSaidAgain: histories have either.
func TestWhatIsHeardOnIsJudgedAsWhatIsSaidAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := drawMasters(t)
		budget := seconds(rapid.IntRange(1, 20).Draw(t, "budget"))
		options := Options{Claims: []Claim{claims.ElectsWithin(budget), claims.WritableWithin(budget), claims.InSyncAgainWithin(budget), claims.OneMaster()}}
		want, err := Judge(o.history(), options)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Judge(o.heardOn().history(), options)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range want.Claims {
			if other, _ := got.Claim(c.ID); other.Verdict != c.Verdict {
				t.Errorf("%s is %s where words are said again, and %s where they are heard on: %s; %s", c.ID, c.Verdict, other.Verdict, c.Why, other.Why)
			}
		}
	})
}
