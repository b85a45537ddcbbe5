package certificate

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// Seen are the figures of one scenario. Times are in nanoseconds.
type Seen struct {
	Acknowledged int64 `json:"acknowledged"`
	// Lost is absent where the judge could not decide it.
	Lost *int64 `json:"lost,omitempty"`
	// RecoveryPoint is how old the oldest lost acknowledgement was when the next fault began; 0 where nothing was lost,
	// or only what was acknowledged during a fault or after the last. It is absent where Lost is.
	RecoveryPoint *time.Duration `json:"recoveryPoint,omitempty"`
	// Recovery is the longest of any broker group, and of the clients, from a fault's start.
	Recovery Recovery `json:"recovery"`
	// LongestOutage is the longest of any broker group by its probes, and ClientsOutage that of the whole cluster.
	LongestOutage time.Duration `json:"longestOutage"`
	ClientsOutage time.Duration `json:"clientsOutage"`
	// Unobserved is the longest time in all for which a broker group was not probed.
	Unobserved time.Duration `json:"unobserved"`
	// Acks counts the acknowledgements that arrived while a fault held, and Tried the sends that were started then.
	Acks  int64 `json:"acksDuringFault"`
	Tried int64 `json:"sendsDuringFault"`
}

// Recovery is how long service took to be stable again.
type Recovery struct {
	Interrupted bool          `json:"interrupted"`
	Recovered   bool          `json:"recovered"`
	Took        time.Duration `json:"took"`            // where not recovered, for how long was watched
	Doubt       string        `json:"doubt,omitempty"` // why it proves nothing
}

func seenOf(r history.Reader, report verify.Report) (Seen, error) {
	a := report.Availability
	s := Seen{Acknowledged: a.Sends.OK, ClientsOutage: a.Sends.Longest, Recovery: worst(a)}
	for _, g := range a.Groups {
		s.LongestOutage, s.Unobserved = max(s.LongestOutage, g.Longest), max(s.Unobserved, g.Unobserved)
	}
	for _, span := range a.Spans {
		if span.Phase == string(history.Fault) && span.Confirmed {
			s.Acks, s.Tried = s.Acks+span.Acks, s.Tried+span.Sends
		}
	}
	loss, judged := report.Claim(claims.NoAckedLoss().ID())
	if !judged || loss.Verdict == verify.Inconclusive {
		return s, nil
	}
	lost := loss.Counts["lost"]
	point, err := recoveryPoint(r, loss.Named)
	s.Lost, s.RecoveryPoint = &lost, &point
	return s, err
}

// worst is the hardest recovery of groups and clients: what did not recover before what took long, and that before what
// was never interrupted.
func worst(a verify.Availability) (out Recovery) {
	all := slices.Clone(a.Sends.Recoveries)
	for _, g := range a.Groups {
		all = append(all, g.Recoveries...)
	}
	out.Recovered = true
	for _, r := range all {
		out.Interrupted = out.Interrupted || r.Interrupted
		if r.Interrupted {
			out.Recovered = out.Recovered && r.Recovered
			out.Took = max(out.Took, r.Took)
		}
		out.Doubt = cmp.Or(out.Doubt, r.Doubt, r.Distrust)
	}
	if len(all) == 0 {
		out.Doubt = "no recovery was judged"
	}
	return out
}

// recoveryPoint reads the history once more for the lost sends and the faults.
func recoveryPoint(r history.Reader, named []string) (point time.Duration, err error) {
	if len(named) == 0 {
		return 0, nil
	}
	lost := rangesOf(named)
	var acked []time.Duration
	var faults []history.Span
	for record, err := range r.Records() {
		if err != nil {
			return 0, err
		}
		switch x := record.(type) {
		case *history.Send:
			if x.Outcome == history.OK && lost.has(x.Producer, x.Seq) {
				acked = append(acked, x.End)
			}
		case *history.Span:
			if x.Phase == history.Fault {
				faults = append(faults, *x)
			}
		}
	}
	for _, at := range acked {
		point = max(point, untilFault(at, faults))
	}
	return point, nil
}

// untilFault is how long after an acknowledgement the next fault began; 0 for one that came during a fault, or after all.
func untilFault(at time.Duration, faults []history.Span) (wait time.Duration) {
	for _, f := range faults {
		began := cmp.Or(f.Injected, f.Start)
		switch {
		case began <= at && at <= f.End:
			return 0
		case began > at && (wait == 0 || began-at < wait):
			wait = began - at
		}
	}
	return wait
}

// ranges are messages as the judge names them: producer:seq or producer:first-last.
type ranges map[uint32][][2]uint64

func rangesOf(named []string) ranges {
	out := ranges{}
	for _, text := range named {
		producer, seqs, _ := strings.Cut(text, ":")
		first, last, several := strings.Cut(seqs, "-")
		if !several {
			last = first
		}
		p, err1 := strconv.ParseUint(producer, 10, 32)
		from, err2 := strconv.ParseUint(first, 10, 64)
		to, err3 := strconv.ParseUint(last, 10, 64)
		if err1 == nil && err2 == nil && err3 == nil {
			out[uint32(p)] = append(out[uint32(p)], [2]uint64{from, to})
		}
	}
	return out
}

func (r ranges) has(producer uint32, seq uint64) bool {
	return slices.ContainsFunc(r[producer], func(x [2]uint64) bool { return x[0] <= seq && seq <= x[1] })
}
