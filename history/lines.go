package history

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
)

var outcomes = [...]string{Unknown: "unknown", OK: "ok", Failed: "failed"}

// String is the outcome's name in the JSON Lines form.
func (o Outcome) String() string {
	if int(o) < len(outcomes) {
		return outcomes[o]
	}
	return fmt.Sprintf("outcome %d", uint8(o))
}

// maxLine bounds one line of the JSON Lines form.
const maxLine = 4 << 20

// LineDecoder reads the JSON Lines form from a stream.
type LineDecoder struct {
	r    *bufio.Reader
	line int
	at   int64
	long []byte // a line that is longer than the reader's buffer
}

// NewLineDecoder reads from r.
func NewLineDecoder(r io.Reader) *LineDecoder {
	return &LineDecoder{r: bufio.NewReaderSize(r, 1<<16)}
}

// read gives the next line with its end, valid until the next call.
func (d *LineDecoder) read() ([]byte, error) {
	line, err := d.r.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	d.long = append(d.long[:0], line...)
	for errors.Is(err, bufio.ErrBufferFull) && len(d.long) <= maxLine {
		line, err = d.r.ReadSlice('\n')
		d.long = append(d.long, line...)
	}
	if len(d.long) > maxLine {
		return nil, bufio.ErrBufferFull
	}
	return d.long, err
}

// Next gives the next record; io.EOF at the end; a *Torn where the last line has no end and is no record;
// else an error that names the line and the reason. Blank lines are passed over.
func (d *LineDecoder) Next() (Record, error) {
	for {
		line, err := d.read()
		if err == io.EOF && len(line) == 0 {
			return nil, io.EOF
		}
		d.line++
		if errors.Is(err, bufio.ErrBufferFull) {
			return nil, fmt.Errorf("line %d: it is longer than the %d bytes allowed", d.line, maxLine)
		}
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("line %d: reading it: %w", d.line, err)
		}
		start := d.at
		d.at += int64(len(line))
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		r, bad := DecodeLine(line)
		switch {
		case bad == nil:
			return r, nil
		case err == io.EOF:
			return nil, &Torn{Offset: start, Bytes: int64(len(line)), Reason: fmt.Sprintf("line %d has no end: %v", d.line, bad)}
		}
		return nil, fmt.Errorf("line %d: %w", d.line, bad)
	}
}

// DecodeLine reads one line of the JSON Lines form.
func DecodeLine(line []byte) (Record, error) {
	f, err := parseFields(line)
	if err != nil {
		return nil, err
	}
	kind := Kind(f.text("kind", true))
	read, ok := lineReaders[kind]
	if f.err == nil && !ok {
		return nil, fmt.Errorf("kind %q is not known to this build", kind)
	}
	if f.err != nil {
		return nil, f.err
	}
	r := read(f)
	if f.err == nil {
		f.err = lift(r)
	}
	if f.err != nil {
		return nil, fmt.Errorf("%s: %w", kind, f.err)
	}
	return r, nil
}

var lineReaders = map[Kind]func(*fields) Record{
	KindRun: readRun, KindSend: readSend, KindScan: readScan, KindFound: readFound,
	KindDeliver: readDeliver, KindProbe: readProbe, KindSpan: readSpan,
	KindChange:  func(f *fields) Record { return &Change{Extra: f.rest()} },
	KindProblem: func(f *fields) Record { return &Problem{Extra: f.rest()} },
}

func readRun(f *fields) Record {
	r := &Run{Version: int(f.signed("version", Version, Version)), ID: f.text("id", true)}
	started, err := parseStarted(f.text("started", false))
	if err != nil {
		f.fail("started", "%v", err)
	}
	r.Started, r.Ordered, r.Claims = started, f.texts("ordered"), f.texts("claims")
	if p, ok := f.take("promise", false); ok {
		if r.Promise, err = compactJSON(p); err != nil {
			f.fail("promise", "is not JSON")
		}
	}
	r.Extra = f.rest()
	return r
}

func readSend(f *fields) Record {
	r := &Send{Producer: uint32(f.unsigned("producer", math.MaxUint32)), Seq: f.unsigned("seq", math.MaxUint64),
		Topic: f.text("topic", true), Key: f.text("key", false), Start: f.time("start"), End: f.time("end"), Outcome: f.outcome(),
		Status: f.text("status", false), Broker: f.text("broker", false)}
	r.Intended = r.Start
	if _, ok := f.m["intended"]; ok {
		r.Intended = f.time("intended")
	}
	r.Queue = int32(f.signedOr("queue", math.MinInt32, math.MaxInt32, 0))
	r.Offset = f.signedOr("offset", math.MinInt64, math.MaxInt64, -1)
	r.Extra = f.rest()
	return r
}

func readScan(f *fields) Record {
	r := &Scan{Replica: f.text("replica", true)}
	r.Topic, r.Broker, r.Queue = readPlace(f)
	r.Min, r.Max = f.signed("min", math.MinInt64, math.MaxInt64), f.signed("max", math.MinInt64, math.MaxInt64)
	r.Complete = f.truth("complete", true)
	r.End = f.time("end")
	r.Extra = f.rest()
	return r
}

func readPlace(f *fields) (topic, broker string, queue int32) {
	return f.text("topic", true), f.text("broker", true), int32(f.signed("queue", math.MinInt32, math.MaxInt32))
}

func readFound(f *fields) Record {
	r := &Found{Replica: f.text("replica", true)}
	r.Topic, r.Broker, r.Queue = readPlace(f)
	r.Offset = f.signed("offset", math.MinInt64, math.MaxInt64)
	r.Intact = f.truth("intact", true)
	r.Producer, r.Seq = readID(f, r.Intact)
	r.Extra = f.rest()
	return r
}

// readID reads a message's id, which a damaged message may lack.
func readID(f *fields, required bool) (uint32, uint64) {
	if _, ok := f.m["producer"]; !ok && !required {
		return 0, 0
	}
	return uint32(f.unsigned("producer", math.MaxUint32)), f.unsigned("seq", math.MaxUint64)
}

func readDeliver(f *fields) Record {
	r := &Deliver{Group: f.text("group", true), Consumer: uint32(f.unsigned("consumer", math.MaxUint32))}
	r.Topic, r.Broker, r.Queue = readPlace(f)
	r.Offset = f.signed("offset", math.MinInt64, math.MaxInt64)
	r.Producer, r.Seq = readID(f, true)
	r.Attempt = int32(f.signedOr("attempt", math.MinInt32, math.MaxInt32, 1))
	r.Start = f.time("start")
	r.Extra = f.rest()
	return r
}

func readProbe(f *fields) Record {
	r := &Probe{Broker: f.text("broker", true), Start: f.time("start"), End: f.time("end"), Outcome: f.outcome()}
	r.Extra = f.rest()
	return r
}

func readSpan(f *fields) Record {
	r := &Span{Name: f.text("name", true), Phase: Phase(f.text("phase", true)), Target: f.text("target", false),
		Start: f.time("start"), End: f.time("end")}
	switch r.Phase {
	case Before, Fault, After:
	default:
		f.fail("phase", "is %q, none of before, fault, after", r.Phase)
	}
	r.Confirmed = f.truth("confirmed", r.Phase == Fault)
	r.Extra = f.rest()
	return r
}
