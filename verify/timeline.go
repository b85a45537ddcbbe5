package verify

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// timeline writes what happened around the violation in the order of time; what has no time comes last.
func (s *context) timeline(spans []history.Span) []string {
	all := slices.Concat(s.before, s.related, s.after)
	for _, p := range slices.Concat(s.probes[:], s.edge[:]) {
		if p != nil {
			all = append(all, *p)
		}
	}
	all = append(all, s.scans...)
	for i := range spans {
		if s.timed && spans[i].Start <= s.at && s.at < spans[i].End {
			all = append(all, eventOf(&spans[i]))
		}
	}
	slices.SortStableFunc(all, func(a, b event) int {
		if a.timed != b.timed {
			return cmp.Compare(order(a), order(b))
		}
		return cmp.Compare(a.at, b.at)
	})
	lines := []string{}
	for _, m := range all {
		if l := m.line(); !slices.Contains(lines, l) {
			lines = append(lines, l)
		}
	}
	return lines
}

func order(m event) int {
	if m.timed {
		return 0
	}
	return 1
}

// line describes one record to a reader.
func (m event) line() string {
	at := "final scan"
	if m.timed {
		at = facts.Seconds(m.at)
	}
	return fmt.Sprintf("%10s  %s", at, describe(m.record))
}

func describe(r history.Record) string {
	switch r := r.(type) {
	case *history.Send:
		return describeSend(r)
	case *history.Found:
		return describeFound(r)
	case *history.Deliver:
		return fmt.Sprintf("deliver  producer %d seq %d from %s %s queue %d offset %d to group %s consumer %d, attempt %d",
			r.Producer, r.Seq, r.Topic, r.Broker, r.Queue, r.Offset, r.Group, r.Consumer, r.Attempt)
	case *history.Probe:
		return fmt.Sprintf("probe    of %s: %s after %s", r.Broker, r.Outcome, short(r.End-r.Start))
	case *history.Span:
		return fmt.Sprintf("span     %q (%s) on %s until %s, confirmed %t", r.Name, r.Phase, r.Target, facts.Seconds(r.End), r.Confirmed)
	case *history.Change:
		return describeChange(r)
	case *history.State:
		return fmt.Sprintf("state    %s of %s has %s %s: %s", r.Address, r.Broker, r.What, r.Name, r.Value)
	case *history.Scan:
		return fmt.Sprintf("scan     of %s %s queue %d on %s: [%d, %d), complete %t%s", r.Topic, r.Broker, r.Queue, r.Replica, r.Min, r.Max, r.Complete, holes(r))
	}
	return string(r.Kind())
}

func describeSend(r *history.Send) string {
	s := fmt.Sprintf("send     producer %d seq %d", r.Producer, r.Seq)
	if r.Key != "" {
		s += fmt.Sprintf(" key %q", r.Key)
	}
	s += " to " + r.Topic
	if r.Broker != "" {
		s += fmt.Sprintf(" %s queue %d", r.Broker, r.Queue)
	}
	if r.Offset >= 0 {
		s += fmt.Sprintf(" offset %d", r.Offset)
	}
	return fmt.Sprintf("%s: %s (%s) after %s", s, r.Outcome, r.Status, short(r.End-r.Start))
}

func describeFound(r *history.Found) string {
	s := fmt.Sprintf("found    on %s at %s %s queue %d offset %d: ", r.Replica, r.Topic, r.Broker, r.Queue, r.Offset)
	if !r.Intact {
		return s + "a damaged message"
	}
	return s + fmt.Sprintf("producer %d seq %d", r.Producer, r.Seq)
}

func short(d time.Duration) string { return d.Round(10 * time.Microsecond).String() }

func describeChange(r *history.Change) string {
	s := fmt.Sprintf("change   %s says that %s of %s is %s", r.By, cmp.Or(r.Process, r.Address), r.Broker, r.Role)
	if r.Epoch > 0 {
		s += fmt.Sprintf(" at epoch %d", r.Epoch)
	}
	return fmt.Sprintf("%s, writable %t, in sync %t", s, r.Writable, r.InSync)
}

// holes says how many places the broker passed over while a queue was read.
func holes(r *history.Scan) string {
	if len(r.Holes) == 0 {
		return ""
	}
	return fmt.Sprintf(", %d places passed over", len(r.Holes))
}
