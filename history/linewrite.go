package history

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
)

// line builds one JSON object in the order of the calls.
type line struct {
	kind Kind
	buf  bytes.Buffer
	err  error
}

func (l *line) put(name string, v any) {
	l.buf.WriteByte(l.separator())
	l.value(name)
	l.buf.WriteByte(':')
	l.value(v)
}

func (l *line) separator() byte {
	if l.buf.Len() == 0 {
		return '{'
	}
	return ','
}

func (l *line) value(v any) {
	if s, ok := v.(string); ok {
		v = clean(s)
	}
	e := json.NewEncoder(&l.buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil && l.err == nil {
		l.err = err
	}
	l.buf.Truncate(len(bytes.TrimRight(l.buf.Bytes(), "\n")))
}

func (l *line) extra(r Record) {
	x, err := extraOf(r)
	if err != nil && l.err == nil {
		l.err = err
	}
	if err := x.check(l.kind); err != nil && l.err == nil {
		l.err = err
	}
	for _, name := range slices.Sorted(maps.Keys(x)) {
		l.put(name, x[name])
	}
}

// EncodeLine gives a record's line of the JSON Lines form, without a line end.
func EncodeLine(r Record) ([]byte, error) {
	l := &line{kind: r.Kind()}
	l.put("kind", r.Kind())
	l.record(r)
	l.buf.WriteByte('}')
	if l.err != nil {
		return nil, fmt.Errorf("writing a %s as JSON: %w", r.Kind(), l.err)
	}
	return l.buf.Bytes(), nil
}

func (l *line) record(r Record) {
	switch r := r.(type) {
	case *Run:
		l.run(r)
	case *Send:
		l.send(r)
	case *Scan:
		l.scan(r)
	case *Found:
		l.found(r)
	case *Deliver:
		l.deliver(r)
	case *Probe:
		l.probe(r)
	case *Span:
		l.span(r)
	default:
		l.extra(r)
	}
}

func (l *line) run(r *Run) {
	l.put("version", r.Version)
	l.put("id", r.ID)
	started, err := formatStarted(r.Started)
	if err != nil {
		l.err = err
	}
	if started != "" {
		l.put("started", started)
	}
	if len(r.Ordered) > 0 {
		l.put("ordered", r.Ordered)
	}
	if len(r.Promise) > 0 {
		l.put("promise", r.Promise)
	}
	if len(r.Claims) > 0 {
		l.put("claims", r.Claims)
	}
	l.extra(r)
}

func (l *line) send(r *Send) {
	l.put("producer", r.Producer)
	l.put("seq", r.Seq)
	l.put("topic", r.Topic)
	l.put("key", r.Key)
	l.put("intended", int64(r.Intended))
	l.put("start", int64(r.Start))
	l.put("end", int64(r.End))
	l.put("outcome", r.Outcome.String())
	l.put("status", r.Status)
	l.put("broker", r.Broker)
	l.put("queue", r.Queue)
	l.put("offset", r.Offset)
	l.extra(r)
}

func (l *line) place(topic, broker string, queue int32) {
	l.put("topic", topic)
	l.put("broker", broker)
	l.put("queue", queue)
}

func (l *line) scan(r *Scan) {
	l.put("replica", r.Replica)
	l.place(r.Topic, r.Broker, r.Queue)
	l.put("min", r.Min)
	l.put("max", r.Max)
	l.put("complete", r.Complete)
	l.put("end", int64(r.End))
	l.extra(r)
}

func (l *line) found(r *Found) {
	l.put("replica", r.Replica)
	l.place(r.Topic, r.Broker, r.Queue)
	l.put("offset", r.Offset)
	l.put("producer", r.Producer)
	l.put("seq", r.Seq)
	l.put("intact", r.Intact)
	l.extra(r)
}

func (l *line) deliver(r *Deliver) {
	l.put("group", r.Group)
	l.put("consumer", r.Consumer)
	l.place(r.Topic, r.Broker, r.Queue)
	l.put("offset", r.Offset)
	l.put("producer", r.Producer)
	l.put("seq", r.Seq)
	l.put("attempt", r.Attempt)
	l.put("start", int64(r.Start))
	l.extra(r)
}

func (l *line) probe(r *Probe) {
	l.put("broker", r.Broker)
	l.put("start", int64(r.Start))
	l.put("end", int64(r.End))
	l.put("outcome", r.Outcome.String())
	l.extra(r)
}

func (l *line) span(r *Span) {
	l.put("name", r.Name)
	l.put("phase", string(r.Phase))
	l.put("target", r.Target)
	l.put("start", int64(r.Start))
	l.put("end", int64(r.End))
	l.put("confirmed", r.Confirmed)
	l.extra(r)
}

// WriteLines writes a history in the JSON Lines form.
func WriteLines(w io.Writer, r Reader) error {
	out := bufio.NewWriterSize(w, 1<<16)
	for rec, err := range r.Records() {
		if err != nil {
			return err
		}
		b, err := EncodeLine(rec)
		if err != nil {
			return err
		}
		out.Write(b)
		if err := out.WriteByte('\n'); err != nil {
			return fmt.Errorf("writing JSON Lines: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing JSON Lines: %w", err)
	}
	return nil
}
