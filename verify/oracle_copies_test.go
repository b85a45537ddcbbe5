package verify

import "slices"

// replicasAgree compares each slave with its master, offset by offset.
func (o *oracle) replicasAgree() Verdict {
	bad, doubt, slaves := false, false, false
	replicas := map[oracleQueue][]oracleQueue{}
	for _, m := range []map[oracleQueue]bool{keysOf(o.found), keysOf(o.scans)} {
		for q := range m {
			at := o.masterOf(q.topic, q.broker, q.queue)
			if !slices.Contains(replicas[at], q) {
				replicas[at] = append(replicas[at], q)
			}
		}
	}
	for master, l := range replicas {
		if slices.ContainsFunc(l, func(q oracleQueue) bool { return q != master }) {
			slaves = true
			b, d := o.compareCopies(master, l)
			bad, doubt = bad || b, doubt || d
		}
	}
	for _, s := range o.acked() {
		scanned := 0
		for _, q := range replicas[o.masterOf(s.Topic, s.Broker, s.Queue)] {
			if o.final(q) != nil {
				scanned++
			}
		}
		doubt = doubt || o.copies > 1 && scanned < o.copies
	}
	return verdictOf(bad, doubt || !slaves)
}

func keysOf[V any](m map[oracleQueue]V) map[oracleQueue]bool {
	out := map[oracleQueue]bool{}
	for k := range m {
		out[k] = true
	}
	return out
}

func (o *oracle) compareCopies(master oracleQueue, all []oracleQueue) (bad, doubt bool) {
	for _, q := range append([]oracleQueue{master}, all...) {
		doubt = doubt || !o.complete(q)
	}
	for _, q := range all {
		s, m := o.final(q), o.final(master)
		if q == master || s == nil || m == nil {
			continue
		}
		if !doubt && s.Max > m.Max {
			bad = true
		}
		for at := max(s.Min, m.Min); at < min(s.Max, m.Max) && at < max(s.Min, m.Min)+100; at++ {
			a, b := o.contents(master, at), o.contents(q, at)
			if !s.Complete || !m.Complete {
				bad = bad || len(a) > 0 && len(b) > 0 && !(len(a) == 1 && len(b) == 1 && a[0] == b[0])
				continue
			}
			bad = bad || len(a) != len(b) || len(a) > 1 || len(a) == 1 && a[0] != b[0]
		}
	}
	if !doubt && o.copies == 2 && len(all) >= 2 {
		for _, s := range o.acked() {
			if o.masterOf(s.Topic, s.Broker, s.Queue) == master {
				holders := 0
				for _, q := range all {
					if len(o.contents(q, s.Offset)) > 0 {
						holders++
					}
				}
				bad = bad || holders == 1
			}
		}
	}
	return bad, doubt
}

// contents lists the different messages that a replica's scan found at an offset.
func (o *oracle) contents(q oracleQueue, offset int64) (out []said) {
	for _, f := range o.found[q] {
		if f.Offset == offset {
			s := said{producer: f.Producer, seq: f.Seq}
			if !f.Intact {
				s = said{offset: -1}
			}
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}
