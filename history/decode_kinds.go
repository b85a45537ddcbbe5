package history

import "fmt"

func (p *payload) run() *Run {
	r := &Run{Version: int(p.uint32("version")), ID: p.string()}
	started, err := parseStarted(p.string())
	if err != nil {
		p.fail(err)
	}
	r.Started = started
	r.Ordered = p.list()
	if b := p.bytes(maxExtra); len(b) > 0 {
		if r.Promise, err = compactJSON(b); err != nil {
			p.fail(fmt.Errorf("the run's promise is not JSON: %w", err))
		}
	}
	r.Claims = p.list()
	r.Extra = p.extra(KindRun)
	if r.Version != Version {
		p.fail(fmt.Errorf("history version %d is not known to this build (it knows %d)", r.Version, Version))
	}
	return r
}

func (p *payload) list() []string {
	n := p.uint()
	if n > uint64(len(p.buf)) {
		p.fail(errShort)
		return nil
	}
	var l []string
	for ; n > 0; n-- {
		l = append(l, p.string())
	}
	return l
}

func (p *payload) send() *Send {
	r := p.reuse.nextSend()
	r.Producer, r.Seq = p.uint32("producer"), p.uint()
	r.Topic, r.Key = p.string(), p.string()
	r.Intended = p.dur()
	r.Start = r.Intended + p.dur()
	r.End = r.Start + p.dur()
	r.Outcome = Outcome(p.byte("outcome", byte(Failed)))
	r.Status, r.Broker = p.string(), p.string()
	r.Queue, r.Offset, r.Extra = p.int32("queue"), p.int(), p.extra(KindSend)
	return r
}

func (p *payload) found() *Found {
	r := p.reuse.nextFound()
	r.Replica, r.Topic, r.Broker = p.string(), p.string(), p.string()
	r.Queue, r.Offset = p.int32("queue"), p.int()
	r.Producer, r.Seq, r.Intact = p.uint32("producer"), p.uint(), p.bool("intact")
	r.Extra = p.extra(KindFound)
	return r
}

func (p *payload) deliver() *Deliver {
	r := p.reuse.nextDeliver()
	r.Group, r.Consumer = p.string(), p.uint32("consumer")
	r.Topic, r.Broker, r.Queue = p.string(), p.string(), p.int32("queue")
	r.Offset = p.int()
	r.Producer, r.Seq = p.uint32("producer"), p.uint()
	r.Attempt, r.Start, r.Extra = p.int32("attempt"), p.dur(), p.extra(KindDeliver)
	return r
}

func (p *payload) probe() *Probe {
	r := p.reuse.nextProbe()
	r.Broker, r.Start = p.string(), p.dur()
	r.End = r.Start + p.dur()
	r.Outcome = Outcome(p.byte("outcome", byte(Failed)))
	r.Extra = p.extra(KindProbe)
	return r
}
