package verify

import (
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/history"
)

// oracle judges a small history in the most obvious way: it keeps every record and compares all with all. It
// shares no code with the judge but the names of claims and verdicts.
type oracle struct {
	sends    []*history.Send
	delivers []*history.Deliver
	found    map[oracleQueue][]*history.Found // by queue and replica: what the final scan found
	scans    map[oracleQueue][]*history.Scan
	open     map[oracleQueue]bool
	ahead    map[oracleQueue]bool
	ordered  []string
	copies   int
}

// oracleQueue names a queue on a replica; replica is empty for the queue itself.
type oracleQueue struct {
	topic, broker string
	queue         int32
	replica       string
}

func newOracle(h history.Slice) *oracle {
	o := &oracle{found: map[oracleQueue][]*history.Found{}, scans: map[oracleQueue][]*history.Scan{}, open: map[oracleQueue]bool{}, ahead: map[oracleQueue]bool{}}
	for _, r := range h {
		switch r := r.(type) {
		case *history.Run:
			o.ordered = append(o.ordered, r.Ordered...)
			if strings.Contains(string(r.Promise), `"copies":2`) {
				o.copies = 2
			}
		case *history.Send:
			o.sends = append(o.sends, r)
		case *history.Deliver:
			o.delivers = append(o.delivers, r)
		case *history.Found:
			q := oracleQueue{r.Topic, r.Broker, r.Queue, r.Replica}
			l := o.scans[q]
			if len(l) == 1 && !o.open[q] && (len(o.found[q]) == 0 || o.ahead[q]) {
				o.ahead[q] = true // its only scan stands before what it found
				o.open[q] = r.Offset < l[0].Min || r.Offset >= l[0].Max
				o.found[q] = append(o.found[q], r)
				continue
			}
			if len(l) > 0 && !o.open[q] {
				o.found[q] = nil
			}
			o.open[q] = true
			o.found[q] = append(o.found[q], r)
		case *history.Scan:
			q := oracleQueue{r.Topic, r.Broker, r.Queue, r.Replica}
			if len(o.scans[q]) > 0 && !o.open[q] && !o.ahead[q] {
				o.found[q] = nil
			}
			o.open[q], o.ahead[q] = false, false
			o.scans[q] = append(o.scans[q], r)
		}
	}
	return o
}

func (o *oracle) acked() (out []*history.Send) {
	for _, s := range o.sends {
		if s.Outcome == history.OK {
			out = append(out, s)
		}
	}
	return out
}

func (o *oracle) final(q oracleQueue) *history.Scan {
	if l := o.scans[q]; len(l) > 0 && !o.open[q] {
		return l[len(l)-1]
	}
	return nil
}

func (o *oracle) complete(q oracleQueue) bool {
	s := o.final(q)
	return s != nil && s.Complete && !slices.ContainsFunc(o.found[q], func(f *history.Found) bool { return f.Offset < s.Min || f.Offset >= s.Max })
}

// believable reports whether a queue was read whole and nothing was delivered beyond the end that was found later.
func (o *oracle) believable(q oracleQueue) bool { return o.complete(q) && !o.deliveredBeyond(q) }

// deliveredBeyond reports whether a group was given an offset beyond the end that a later complete scan found.
func (o *oracle) deliveredBeyond(q oracleQueue) bool {
	return o.complete(q) && slices.ContainsFunc(o.delivers, func(d *history.Deliver) bool {
		return o.masterOf(d.Topic, d.Broker, d.Queue) == q && d.Offset >= o.final(q).Max && d.Start <= o.final(q).End && d.Offset == o.high(d.Group, q)
	})
}

// masterOf is the replica that was scanned as the queue's master; one that there is not, where none was.
func (o *oracle) masterOf(topic, broker string, queue int32) oracleQueue {
	for q, scans := range o.scans {
		if q.topic == topic && q.broker == broker && q.queue == queue && scans[len(scans)-1].Master {
			return q
		}
	}
	return oracleQueue{topic, broker, queue, "none"}
}

// masters lists what the masters' scans found.
func (o *oracle) masters() (out []*history.Found) {
	for q, l := range o.found {
		if q == o.masterOf(q.topic, q.broker, q.queue) {
			out = append(out, l...)
		}
	}
	return out
}

func (o *oracle) twice() bool {
	for i, a := range o.sends {
		for _, b := range o.sends[:i] {
			if a.Producer == b.Producer && a.Seq == b.Seq {
				return true
			}
		}
	}
	return false
}

func (o *oracle) unscanned() bool {
	for _, s := range o.acked() {
		if !o.believable(o.masterOf(s.Topic, s.Broker, s.Queue)) {
			return true
		}
	}
	return false
}

func isID(f *history.Found, s *history.Send) bool {
	return f.Intact && f.Producer == s.Producer && f.Seq == s.Seq
}

func (o *oracle) onMaster(s *history.Send) bool {
	return slices.ContainsFunc(o.masters(), func(f *history.Found) bool { return isID(f, s) })
}

// atOffset lists what the master's scan found where a send was acknowledged.
func (o *oracle) atOffset(s *history.Send) (out []*history.Found) {
	for _, f := range o.masters() {
		if f.Topic == s.Topic && f.Broker == s.Broker && f.Queue == s.Queue && f.Offset == s.Offset {
			out = append(out, f)
		}
	}
	return out
}

func (o *oracle) damagedThere(s *history.Send) bool {
	return slices.ContainsFunc(o.atOffset(s), func(f *history.Found) bool { return !f.Intact })
}

// missing lists the acknowledged sends that are neither found nor damaged, those that are surely lost first.
func (o *oracle) missing() (lost, undecided []*history.Send) {
	for _, s := range o.acked() {
		if o.onMaster(s) || o.damagedThere(s) {
			continue
		}
		q := o.masterOf(s.Topic, s.Broker, s.Queue)
		skipped := o.deliveredBeyond(q) && slices.ContainsFunc(o.delivers, func(d *history.Deliver) bool { return d.Producer == s.Producer && d.Seq == s.Seq })
		if o.complete(q) && o.final(q).End >= max(s.End, s.Due) && !skipped && !o.mayCome(s) {
			lost = append(lost, s)
		} else {
			undecided = append(undecided, s)
		}
	}
	return lost, undecided
}

func verdictOf(bad, doubt bool) Verdict {
	switch {
	case bad:
		return Violated
	case doubt:
		return Inconclusive
	}
	return Valid
}

// judge gives the verdict of every claim about messages.
func (o *oracle) judge() map[string]Verdict {
	lost, undecided := o.missing()
	noAcks, twice, nothing := len(o.acked()) == 0, o.twice(), o.nothingFound()
	gap := o.gap()
	v := map[string]Verdict{
		NoAckedLoss:          verdictOf(len(lost) > 0, noAcks || twice || gap || o.unscanned() || len(undecided) > 0),
		NoUnexpected:         o.noUnexpected(nothing, twice, gap),
		NoLogDuplicate:       verdictOf(o.doubles() > 0, nothing || twice || gap || o.unscanned()),
		OffsetHonest:         verdictOf(o.dishonest(), noAcks || twice || gap || o.unscanned() || len(undecided) > 0 || nothing),
		OffsetUnique:         verdictOf(o.clashes(), noAcks || twice || gap),
		OffsetMonotone:       verdictOf(o.goesBack(), noAcks || twice || gap),
		PayloadIntact:        verdictOf(o.anyDamage(), nothing || o.unscanned()),
		QueueOrder:           verdictOf(o.logDisorder(), noAcks || twice || gap || o.unscanned() || nothing),
		KeyOrder:             o.keyOrder(twice, gap),
		ReplicasAgree:        o.replicasAgree(),
		ConsumersCatchUp:     o.catchUp(nothing),
		NoDeliverySkip:       o.skips(nothing),
		DeliveredAtLeastOnce: o.delivered(noAcks || twice || gap || len(undecided) > 0),
	}
	if twice { // ids tell nothing, so nothing that stands on them can be violated
		for _, c := range []string{NoAckedLoss, NoLogDuplicate, OffsetHonest, OffsetUnique, OffsetMonotone, QueueOrder, KeyOrder, DeliveredAtLeastOnce} {
			v[c] = Inconclusive
		}
	}
	return v
}

func (o *oracle) anyDamage() bool {
	for _, l := range o.found {
		for _, f := range l {
			if !f.Intact {
				return true
			}
		}
	}
	return false
}

func (o *oracle) nothingFound() bool {
	for _, f := range o.masters() {
		if f.Intact {
			return false
		}
	}
	return !o.anyDamage()
}

// gap reports whether a producer's numbers are not dense from 0.
func (o *oracle) gap() bool {
	for _, a := range o.sends {
		if a.Seq > 0 && !slices.ContainsFunc(o.sends, func(b *history.Send) bool { return a.Producer == b.Producer && b.Seq == a.Seq-1 }) {
			return true
		}
	}
	return false
}

// doubles counts messages that lie at two places of the masters.
func (o *oracle) doubles() (n int) {
	l := o.masters()
	for i, a := range l {
		for _, b := range l[:i] {
			if a.Intact && b.Intact && a.Producer == b.Producer && a.Seq == b.Seq &&
				(a.Topic != b.Topic || a.Broker != b.Broker || a.Queue != b.Queue || a.Offset != b.Offset) {
				n++
			}
		}
	}
	return n
}

func (o *oracle) dishonest() bool {
	for _, s := range o.acked() {
		there := o.atOffset(s)
		if slices.ContainsFunc(there, func(f *history.Found) bool { return isID(f, s) }) || o.damagedThere(s) {
			continue
		}
		if len(there) > 0 || o.onMaster(s) && o.complete(o.masterOf(s.Topic, s.Broker, s.Queue)) {
			return true
		}
	}
	return false
}
