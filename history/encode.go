package history

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// Numbers of the kinds in the binary form. They never change their meaning.
const (
	codeRun = 1 + iota
	codeSend
	codeScan
	codeFound
	codeDeliver
	codeProbe
	codeSpan
	codeChange
	codeProblem
)

// encoder appends records to one block's payload.
type encoder struct {
	buf     []byte
	strings map[string]uint64
}

func (e *encoder) reset() {
	e.buf = e.buf[:0]
	clear(e.strings)
}

func (e *encoder) uint(v uint64)       { e.buf = binary.AppendUvarint(e.buf, v) }
func (e *encoder) int(v int64)         { e.buf = binary.AppendVarint(e.buf, v) }
func (e *encoder) dur(d time.Duration) { e.int(int64(d)) }

func (e *encoder) bool(v bool) {
	b := byte(0)
	if v {
		b = 1
	}
	e.buf = append(e.buf, b)
}

// string writes a reference to a string of this block: 0 for a new one, which follows, else its number.
func (e *encoder) string(s string) {
	if n, ok := e.strings[s]; ok {
		e.uint(n)
		return
	}
	if e.strings == nil {
		e.strings = map[string]uint64{}
	}
	e.strings[s] = uint64(len(e.strings)) + 1
	e.uint(0)
	e.bytes(clean(s))
}

// clean makes s what both forms can keep: UTF-8 of bounded length.
func clean(s string) string {
	if len(s) > maxString {
		s = s[:maxString-len("…")] + "…"
	}
	return strings.ToValidUTF8(s, "?")
}

func (e *encoder) bytes(s string) {
	e.uint(uint64(len(s)))
	e.buf = append(e.buf, s...)
}

func (e *encoder) extra(r Record) error {
	x, err := extraOf(r)
	if err != nil {
		return err
	}
	if len(x) == 0 {
		e.uint(0)
		return nil
	}
	b, err := x.encode(r.Kind())
	if err != nil {
		return err
	}
	e.bytes(string(b))
	return nil
}

// record appends one record.
func (e *encoder) record(r Record) error {
	switch r := r.(type) {
	case *Run:
		return e.run(r)
	case *Send:
		return e.send(r)
	case *Scan:
		return e.scan(r)
	case *Found:
		return e.found(r)
	case *Deliver:
		return e.deliver(r)
	case *Probe:
		return e.probe(r)
	case *Span:
		return e.span(r)
	case *Change:
		e.kind(codeChange)
		return e.extra(r)
	case *Problem:
		e.kind(codeProblem)
		return e.extra(r)
	}
	return fmt.Errorf("a record of type %T cannot be written", r)
}

func (e *encoder) kind(k byte) { e.buf = append(e.buf, k) }

func (e *encoder) run(r *Run) error {
	e.kind(codeRun)
	if r.Version != Version {
		return fmt.Errorf("history version %d cannot be written by this build (it writes %d)", r.Version, Version)
	}
	e.uint(uint64(r.Version))
	e.string(r.ID)
	started, err := formatStarted(r.Started)
	if err != nil {
		return err
	}
	e.string(started)
	e.list(r.Ordered)
	promise := r.Promise
	if len(promise) > 0 {
		if promise, err = compactJSON(promise); err != nil {
			return fmt.Errorf("the run's promise is not JSON: %w", err)
		}
	}
	if len(promise) > maxExtra {
		return fmt.Errorf("the run's promise takes %d bytes, more than the %d allowed", len(promise), maxExtra)
	}
	e.bytes(string(promise))
	e.list(r.Claims)
	return e.extra(r)
}

func (e *encoder) list(l []string) {
	e.uint(uint64(len(l)))
	for _, s := range l {
		e.string(s)
	}
}

func (e *encoder) send(r *Send) error {
	e.kind(codeSend)
	if r.Outcome > Failed {
		return fmt.Errorf("outcome %d of a send is none of unknown, ok, failed", r.Outcome)
	}
	e.uint(uint64(r.Producer))
	e.uint(r.Seq)
	e.string(r.Topic)
	e.string(r.Key)
	e.dur(r.Intended)
	e.dur(r.Start - r.Intended)
	e.dur(r.End - r.Start)
	e.buf = append(e.buf, byte(r.Outcome))
	e.string(r.Status)
	e.string(r.Broker)
	e.int(int64(r.Queue))
	e.int(r.Offset)
	return e.extra(r)
}

func (e *encoder) scan(r *Scan) error {
	e.kind(codeScan)
	e.string(r.Replica)
	e.place(r.Topic, r.Broker, r.Queue)
	e.int(r.Min)
	e.int(r.Max)
	e.bool(r.Complete)
	e.dur(r.End)
	return e.extra(r)
}

func (e *encoder) place(topic, broker string, queue int32) {
	e.string(topic)
	e.string(broker)
	e.int(int64(queue))
}

func (e *encoder) found(r *Found) error {
	e.kind(codeFound)
	e.string(r.Replica)
	e.place(r.Topic, r.Broker, r.Queue)
	e.int(r.Offset)
	e.uint(uint64(r.Producer))
	e.uint(r.Seq)
	e.bool(r.Intact)
	return e.extra(r)
}

func (e *encoder) deliver(r *Deliver) error {
	e.kind(codeDeliver)
	e.string(r.Group)
	e.uint(uint64(r.Consumer))
	e.place(r.Topic, r.Broker, r.Queue)
	e.int(r.Offset)
	e.uint(uint64(r.Producer))
	e.uint(r.Seq)
	e.int(int64(r.Attempt))
	e.dur(r.Start)
	return e.extra(r)
}

func (e *encoder) probe(r *Probe) error {
	e.kind(codeProbe)
	if r.Outcome > Failed {
		return fmt.Errorf("outcome %d of a probe is none of unknown, ok, failed", r.Outcome)
	}
	e.string(r.Broker)
	e.dur(r.Start)
	e.dur(r.End - r.Start)
	e.buf = append(e.buf, byte(r.Outcome))
	return e.extra(r)
}

func (e *encoder) span(r *Span) error {
	e.kind(codeSpan)
	switch r.Phase {
	case Before, Fault, After:
	default:
		return fmt.Errorf("phase %q of span %q is none of before, fault, after", r.Phase, r.Name)
	}
	e.string(r.Name)
	e.string(string(r.Phase))
	e.string(r.Target)
	e.dur(r.Start)
	e.dur(r.End)
	e.bool(r.Confirmed)
	return e.extra(r)
}
