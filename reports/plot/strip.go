package plot

import (
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// state is what the probes of a stretch of time said.
type state string

const (
	serving  state = "ok"      // every probe was acknowledged
	refusing state = "failed"  // at least one probe failed, none is unknown
	unclear  state = "unknown" // at least one probe is unknown
	silent   state = "none"    // no probe ran: neither up nor down is claimed
)

// silence is how long a strip may go without a probe before it says that nobody looked.
const silence = time.Second

// stripLimit bounds the columns of a strip: at 10 ms they reach 82 s, at 20 ms (the probe's interval) 164 s.
const stripLimit = 8192

// probing is what happened to the probes that started in one column.
type probing struct {
	Tally
	busy time.Duration // the latest end of a probe that started here: until then somebody was looking
}

func mergeProbing(into *probing, from probing) {
	into.add(from.Tally)
	into.busy = max(into.busy, from.busy)
}

// stretch is a part of a strip in which the probes said the same.
type stretch struct {
	start, end time.Duration
	state      state
	probes     Tally
}

// stretches cuts a strip where the probes' answer changes. A probe counts at its start. Columns without
// probes belong to the stretch before them until nobody has looked for longer than silence.
func stretches(f *fold[probing], until time.Duration) []stretch {
	var out []stretch
	seen := time.Duration(0) // the last moment at which a probe was under way
	for i, c := range f.cols {
		if c.Total() == 0 {
			continue
		}
		begin := f.start(i)
		out = closeAt(out, begin, seen)
		if n := len(out); n > 0 && out[n-1].state == c.state() {
			out[n-1].end = begin + f.width
			out[n-1].probes.add(c.Tally)
		} else {
			out = append(out, stretch{begin, begin + f.width, c.state(), c.Tally})
		}
		seen = max(seen, c.busy, begin+f.width)
	}
	return closeAt(out, max(until, seen), seen)
}

// closeAt lengthens the last stretch up to begin, or inserts a silent one where no probe ran for too long.
func closeAt(out []stretch, begin, seen time.Duration) []stretch {
	if begin-seen > silence {
		if n := len(out); n > 0 {
			out[n-1].end = max(out[n-1].end, seen)
		}
		return append(out, stretch{start: seen, end: begin, state: silent})
	}
	if n := len(out); n > 0 {
		out[n-1].end = begin
		return out
	}
	if begin > 0 {
		return append(out, stretch{start: 0, end: begin, state: silent})
	}
	return out
}

func (p probing) state() state {
	switch {
	case p.Tally[history.Unknown] > 0:
		return unclear
	case p.Tally[history.Failed] > 0:
		return refusing
	}
	return serving
}

// stretches is how many stretches all strips have together.
func (s *Series) stretches() (n int) {
	for _, g := range s.groups {
		n += len(stretches(g.probes, s.End))
	}
	return n
}
