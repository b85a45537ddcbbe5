package faulty

import (
	"slices"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

const (
	laterEvery = 250 * time.Millisecond
	delayedBy  = time.Second
)

// waiting is a message that is kept apart until it is due.
type waiting struct {
	message
	due time.Duration
}

// sendLater sends one message that is kept apart first, of each type in turn. A cluster that is out does not answer.
func (l *Load) sendLater() {
	types := []string{history.Delay, history.Timer, history.Commit, history.Rollback}
	m := message{producer: producers, seq: l.kept}
	s := &history.Send{Producer: m.producer, Seq: m.seq, Topic: l.Cluster.later.topic, Intended: l.now, Start: l.now, End: l.now + 2*time.Millisecond,
		Outcome: history.OK, Status: "SEND_OK", Broker: l.Cluster.later.broker, Offset: -1, Type: types[l.kept%4]}
	switch {
	case s.Delayed():
		s.Due = l.now + delayedBy
	case s.Type == history.Rollback:
		s.Outcome, s.Status = history.Failed, "ROLLED_BACK"
	}
	l.kept++
	if s.Type != history.Rollback && l.Cluster.stuck(l.now) {
		s.Outcome, s.Status, s.End = timeout.outcome, timeout.status, l.now+timeout.took
		l.append(s)
		return
	}
	for _, due := range l.Cluster.comes(s, m.seq >= 40 && m.seq < 44) {
		l.later = append(l.later, waiting{m, due})
	}
	l.append(s)
}

// stuck reports whether no group answers.
func (c *Cluster) stuck(now time.Duration) bool {
	ago, crashed := c.since(now)
	return crashed && ago < stuckFor && slices.Contains([]Anomaly{StaleRoute, Stall, HalfOpen}, c.anomaly)
}

// comes says when a message comes to its topic. What is wrong with the cluster happens once to each type that it concerns.
func (c *Cluster) comes(s *history.Send, once bool) []time.Duration {
	at := max(s.Due, s.End)
	wrong := func(a Anomaly, kind string) bool { return once && c.anomaly == a && s.Type == kind }
	switch {
	case wrong(NeverFire, history.Delay):
		return nil
	case wrong(FireTwice, history.Timer), wrong(CommitTwice, history.Commit):
		return []time.Duration{at, at + time.Second}
	case wrong(FireEarly, history.Delay):
		return []time.Duration{s.End}
	case s.Type == history.Rollback && !wrong(Unroll, history.Rollback):
		return nil
	}
	return []time.Duration{at}
}

// fire stores what is due.
func (l *Load) fire() {
	var left []waiting
	for _, w := range l.later {
		if w.due > l.now {
			left = append(left, w)
			continue
		}
		l.Cluster.later.store(w.message)
	}
	l.later = left
}
