package verify

import (
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// judgeFates gives the verdicts of the claims about messages that come to their topic later.
func (o *oracle) judgeFates() map[string]Verdict {
	lost, undecided := o.missing()
	general := o.twice() || o.gap() || o.unscanned()
	v := map[string]Verdict{
		NoAckedLoss: verdictOf(len(lost) > 0, len(o.acked()) == 0 || general || len(undecided) > 0),
		FiresOnce:   o.fates([]string{"delay", "timer"}, general),
		CommitsOnce: o.fates([]string{"commit", "checked", "rollback"}, general),
	}
	if o.twice() {
		v[NoAckedLoss], v[FiresOnce], v[CommitsOnce] = Inconclusive, Inconclusive, Inconclusive
	}
	return v
}

func (o *oracle) fates(types []string, doubt bool) Verdict {
	bad, acked := false, 0
	for _, s := range o.sends {
		if !slices.Contains(types, s.Type) {
			continue
		}
		if s.Outcome == history.OK && s.Type != "rollback" {
			acked++
		}
		wrong, open := o.fate(s)
		bad, doubt = bad || wrong, doubt || open
	}
	return verdictOf(bad, doubt || acked == 0)
}

// place is an offset of a queue.
type place struct {
	oracleQueue
	offset int64
}

// fate says whether something is wrong with a message, or may be.
func (o *oracle) fate(s *history.Send) (wrong, open bool) {
	places := o.places(s)
	first, given := time.Duration(0), false
	for _, d := range o.delivers {
		if d.Producer == s.Producer && d.Seq == s.Seq && (!given || d.Start < first) {
			first, given = d.Start, true
		}
	}
	tolerated := time.Duration(0)
	if s.Type == "timer" {
		tolerated = time.Second
	}
	came := len(places) > 0 || given
	switch {
	case s.Type == "rollback":
		return came, false
	case s.Due > 0 && given && first < s.Due-tolerated, len(places) > 1:
		return true, false
	case s.Outcome == history.OK && !came:
		q := o.masterOf(s.Topic, s.Broker, s.Queue)
		surely := !o.anyDamage() && o.complete(q) && o.final(q).End >= max(s.End, s.Due) && !o.mayCome(s)
		return surely, !surely
	}
	return false, false
}

func (o *oracle) places(s *history.Send) map[place]bool {
	places := map[place]bool{}
	for _, f := range o.masters() {
		if isID(f, s) {
			places[place{oracleQueue{f.Topic, f.Broker, f.Queue, ""}, f.Offset}] = true
		}
	}
	return places
}

// mayCome says whether a message that waits elsewhere first may wait there still.
func (o *oracle) mayCome(s *history.Send) bool {
	if s.Type == "" || s.Type == "refused" {
		return false
	}
	given := func(t *history.Send) bool {
		return slices.ContainsFunc(o.delivers, func(d *history.Deliver) bool { return d.Producer == t.Producer && d.Seq == t.Seq })
	}
	if given(s) {
		return false
	}
	for _, t := range o.sends {
		same := t.Type == s.Type && t.Broker == s.Broker && (s.Type == "timer" || s.Type == "delay" && t.Due-t.Start == s.Due-s.Start)
		if same && t.Due >= s.Due+10*time.Second && (given(t) || len(o.places(t)) > 0) {
			return false
		}
	}
	q := o.masterOf(s.Topic, s.Broker, s.Queue)
	return !o.complete(q) || o.final(q).End < max(s.End, s.Due)+5*time.Minute
}
