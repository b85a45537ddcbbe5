package reports

import (
	"container/heap"
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify"
)

// outage is a stretch in which one broker group of a generated history does not answer.
type outage struct {
	group      string
	start, end time.Duration
}

// generator makes a history as a run leaves one: an open-loop load over two broker groups, a probe of each every
// 20 ms, a fault, and outages that are known.
type generator struct {
	length  time.Duration
	rate    float64
	outages []outage
	fault   history.Span
	seed    uint64
	lose    int // how many acknowledged messages the final scan does not find; -1: there is no scan
}

var twoGroups = []string{"broker-a", "broker-b"}

// typical is the default load for a minute with one outage of 8 s.
func typical() generator {
	return generator{
		length: time.Minute, rate: 200, seed: 1,
		outages: []outage{{"broker-a", 20300 * time.Millisecond, 28320 * time.Millisecond}},
		fault:   history.Span{Name: "kill a master", Phase: history.Fault, Target: "pod broker-a-master-0", Start: 20 * time.Second, End: 34 * time.Second, Confirmed: true},
	}
}

func (g generator) down(group string, t time.Duration) bool {
	for _, o := range g.outages {
		if o.group == group && o.start <= t && t < o.end {
			return true
		}
	}
	return false
}

// Records makes history.Reader of a generator, so that a large run needs no memory.
func (g generator) Records() iter.Seq2[history.Record, error] {
	return func(yield func(history.Record, error) bool) {
		ok := yield(&history.Run{Version: history.Version, ID: "generated", Started: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}, nil)
		rng := rand.New(rand.NewPCG(g.seed, 7))
		step := time.Duration(float64(time.Second) / g.rate)
		probe := time.Duration(0)
		log, pending := logs{}, inFlight{}
		for seq := uint64(0); ok; seq++ {
			at := time.Duration(seq) * step
			if at >= g.length {
				break
			}
			for ; ok && probe <= at; probe += 20 * time.Millisecond {
				for _, group := range twoGroups {
					ok = ok && yield(g.probe(rng, group, probe), nil)
				}
			}
			for ; ok && len(pending) > 0 && pending[0].End <= at; heap.Pop(&pending) {
				ok = yield(log.append(pending[0]), nil)
			}
			heap.Push(&pending, g.send(rng, seq, at))
		}
		for ; ok && len(pending) > 0; heap.Pop(&pending) {
			ok = yield(log.append(pending[0]), nil)
		}
		for _, r := range log.scan(g.lose) {
			ok = ok && yield(r, nil)
		}
		for _, s := range g.spans() {
			ok = ok && yield(&s, nil)
		}
	}
}

// inFlight are the sends that have not been answered yet, the next answer first: a history has them in that order.
type inFlight []*history.Send

func (f inFlight) Len() int           { return len(f) }
func (f inFlight) Less(i, j int) bool { return f[i].End < f[j].End }
func (f inFlight) Swap(i, j int)      { f[i], f[j] = f[j], f[i] }
func (f *inFlight) Push(s any)        { *f = append(*f, s.(*history.Send)) }
func (f *inFlight) Pop() any {
	last := (*f)[len(*f)-1]
	*f = (*f)[:len(*f)-1]
	return last
}

// logs are the queues of both groups: what was acknowledged, in the order of its offsets.
type logs map[string][]*history.Send

// append gives an acknowledged send the next offset of its queue.
func (l logs) append(s *history.Send) *history.Send {
	if s.Outcome == history.OK {
		queue := fmt.Sprintf("%s/%d", s.Broker, s.Queue)
		s.Offset = int64(len(l[queue]))
		l[queue] = append(l[queue], s)
	}
	return s
}

// scan is the final scan, without some messages of the first queue from its middle on.
func (l logs) scan(lose int) (out []history.Record) {
	if lose < 0 {
		return nil
	}
	for _, queue := range sortedKeys(l) {
		for i, s := range l[queue] {
			if i >= len(l[queue])/2 && lose > 0 {
				lose--
				continue
			}
			out = append(out, &history.Found{Replica: s.Broker + "/0", Topic: s.Topic, Broker: s.Broker, Queue: s.Queue, Offset: s.Offset, Producer: s.Producer, Seq: s.Seq, Intact: true})
		}
		s := l[queue][0]
		out = append(out, &history.Scan{Replica: s.Broker + "/0", Master: true, Topic: s.Topic, Broker: s.Broker, Queue: s.Queue, Max: int64(len(l[queue])), Complete: true, End: time.Hour})
	}
	return out
}

func (g generator) spans() []history.Span {
	if g.fault.Name == "" {
		return nil
	}
	return []history.Span{
		{Name: "before", Phase: history.Before, Start: 0, End: g.fault.Start, Confirmed: true}, g.fault,
		{Name: "after", Phase: history.After, Start: g.fault.End, End: g.length, Confirmed: true},
	}
}

func (g generator) probe(rng *rand.Rand, group string, at time.Duration) *history.Probe {
	p := &history.Probe{Broker: group, Start: at, End: at + g.latency(rng), Outcome: history.OK}
	if g.down(group, at) {
		p.Outcome, p.End = history.Failed, at+time.Millisecond
		if rng.IntN(12) == 0 {
			p.Outcome, p.End = history.Unknown, at+500*time.Millisecond
		}
	}
	return p
}

func (g generator) latency(rng *rand.Rand) time.Duration {
	return time.Duration(2.2 * math.Exp(rng.NormFloat64()*0.45) * float64(time.Millisecond))
}

func (g generator) send(rng *rand.Rand, seq uint64, at time.Duration) *history.Send {
	group := twoGroups[seq%2]
	s := &history.Send{Producer: uint32(seq % 4), Seq: seq / 4, Topic: "t", Intended: at, Outcome: history.OK, Status: "SEND_OK",
		Broker: group, Queue: int32(seq / 2 % 8), Offset: -1}
	s.Start = at + time.Duration(rng.IntN(200))*time.Microsecond
	s.End = s.Start + g.latency(rng)
	if rng.IntN(150) == 0 {
		s.End += time.Duration(rng.IntN(60)) * time.Millisecond
	}
	if g.down(group, at) {
		g.fail(rng, s)
	}
	return s
}

// fail answers a send during an outage: most clients have learned to avoid the group, some still run into it.
func (g generator) fail(rng *rand.Rand, s *history.Send) {
	switch rng.IntN(8) {
	case 0:
		s.Outcome, s.Status, s.End = history.Unknown, "TIMEOUT", s.Start+3*time.Second
	case 1, 2, 3:
		s.Outcome, s.Status, s.End = history.Failed, "CONNECT_REFUSED", s.Start+time.Millisecond
	default:
		s.Broker = "broker-b"
		s.Start += time.Duration(rng.IntN(900)) * time.Millisecond
		s.End = s.Start + 2*g.latency(rng)
	}
}

// report is what the judge would say of the generated history; the verdict is the test's choice.
func (g generator) report(verdict verify.Verdict) verify.Report {
	sends := int64(g.length.Seconds() * g.rate)
	r := verify.Report{Verdict: verdict, Claims: []verify.Judgement{
		{ID: "no-acked-loss", Verdict: verify.Valid, Counts: map[string]int64{"acknowledged": sends, "lost": 0, "found": sends}, Why: "every acknowledged message was found"},
		{ID: "no-unexpected", Verdict: verify.Valid, Counts: map[string]int64{"found": sends, "unexpected": 0}, Why: "nothing was found that was not sent"},
		{ID: "fault-confirmed", Verdict: verify.Valid, Counts: map[string]int64{"faults": 1, "confirmed": 1}, Why: "the fault was confirmed"},
		{ID: "resumes-within", Verdict: verify.Valid, Counts: map[string]int64{"faults": 1}, Why: "sends were stable 1.21 s after the fault's start, within 30 s"},
	}}
	r.Availability.Groups = g.groups()
	r.Availability.Sends = verify.SendAvailability{Sends: sends, OK: sends * 95 / 100, Failed: sends * 3 / 100, Unknown: sends * 2 / 100,
		Pauses: []verify.Outage{}, Recoveries: []verify.Recovery{{Fault: g.fault.Name, Target: g.fault.Target, Start: g.fault.Start, Recovered: true}}}
	r.Availability.Latency = verify.Latency{Intended: verify.Quantiles{Count: sends, P50: 2200 * time.Microsecond, P90: 4 * time.Millisecond, P99: 48 * time.Millisecond, P999: 1210 * time.Millisecond, P9999: 1500 * time.Millisecond, Max: 3 * time.Second}}
	for _, s := range g.spans() {
		n := int64((s.End - s.Start).Seconds() * g.rate)
		r.Availability.Spans = append(r.Availability.Spans, verify.SpanAvailability{Name: s.Name, Phase: string(s.Phase), Target: s.Target, Start: s.Start, End: s.End, Confirmed: s.Confirmed, Sends: n, OK: n, Ratio: 1, Acks: n, Probes: n / 4, ProbesOK: n / 4})
	}
	return r
}

func (g generator) groups() (out []verify.GroupAvailability) {
	for _, name := range twoGroups {
		a := verify.GroupAvailability{Group: name, Probes: int64(g.length / (20 * time.Millisecond)), Interval: 20 * time.Millisecond, Outages: []verify.Outage{}}
		for _, o := range g.outages {
			if o.group == name {
				a.Outages = append(a.Outages, verify.Outage{Start: o.start, End: o.end})
				a.Longest = max(a.Longest, o.end-o.start)
				a.Down += o.end - o.start
			}
		}
		a.OK = a.Probes - int64(a.Down/(20*time.Millisecond))
		a.Availability = 1 - a.Down.Seconds()/g.length.Seconds()
		r := verify.Recovery{Fault: g.fault.Name, Target: g.fault.Target, Start: g.fault.Start, Recovered: true, Interrupted: len(a.Outages) > 0}
		if r.Interrupted {
			r.Took = a.Outages[len(a.Outages)-1].End - g.fault.Start
		}
		a.Recoveries = []verify.Recovery{r}
		out = append(out, a)
	}
	return out
}

// violatedReport is one in which messages were lost.
func (g generator) violatedReport() verify.Report {
	r := g.report(verify.Violated)
	op := json.RawMessage(`{"kind":"send","producer":2,"seq":71,"topic":"t","intended":20190000000,"start":20190100000,"end":20192000000,"outcome":"ok","status":"SEND_OK","broker":"broker-a","queue":3,"offset":77}`)
	c := &r.Claims[0]
	c.Verdict, c.Counts["lost"], c.Why = verify.Violated, 3, "3 of 12,000 acknowledged messages are missing from the final scan"
	for i := range 3 {
		c.Named = append(c.Named, fmt.Sprintf("2:%d", 71+i))
		c.Evidence = append(c.Evidence, verify.Evidence{Summary: fmt.Sprintf("producer 2 seq %d, acknowledged 0.1 s before \"kill a master\", is nowhere in broker-a queue 3", 71+i), Operation: op,
			Timeline: []string{"20.180 s  producer 2 seq 70 acknowledged at broker-a/3 offset 76", "20.190 s  producer 2 seq 71 acknowledged at broker-a/3 offset 77  <- lost", "20.300 s  broker-a stops answering"}})
	}
	return r
}

func (g generator) save(t testing.TB, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "history.bin")
	rec, err := history.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for r := range g.Records() {
		if err := rec.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func (g generator) experiment(t testing.TB, dir string, r verify.Report) Experiment {
	t.Helper()
	return Experiment{Name: filepath.Base(dir), Title: "Kill one master while two groups take 200 messages a second", History: g.save(t, dir), Report: r,
		Meta: Meta{Started: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Took: g.length + 31*time.Second, Seed: 4711, Rerun: "make e2e LABELS=smoke SEED=4711", Cluster: "kind-rmqproof",
			Versions: map[string]string{"RocketMQ": "5.1.0", "Kubernetes": "1.35.6", "rmqproof": "dev"}, Config: map[string]string{"brokerRole": "SYNC_MASTER", "flushDiskType": "SYNC_FLUSH", "inSyncReplicas": "2"},
			Evidence: []string{"evidence/logs", "evidence/events.txt"}}}
}
