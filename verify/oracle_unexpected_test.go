package verify

import (
	"slices"

	"github.com/rmqproof/rmqproof/history"
)

// noUnexpected says nothing against a history whose sends may be missing, or which records one both refused and not.
func (o *oracle) noUnexpected(nothing, twice, gap bool) Verdict {
	phantom, refused := o.unexpected()
	switch {
	case phantom && refused, phantom && !gap, refused && !twice:
		return Violated
	case phantom || refused || nothing || gap || o.unscanned() || o.neverScanned():
		return Inconclusive
	}
	return Valid
}

// neverScanned reports whether a queue was sent to that acknowledged nothing and of which no scan of a master ended.
func (o *oracle) neverScanned() bool {
	return slices.ContainsFunc(o.sends, func(s *history.Send) bool {
		return s.Broker != "" && s.Outcome != history.OK && o.masterOf(s.Topic, s.Broker, s.Queue).replica == "none"
	})
}

// unexpected looks for messages seen that were never sent, or refused.
func (o *oracle) unexpected() (phantom, refused bool) {
	look := func(producer uint32, seq uint64) {
		sent := false
		for _, s := range o.sends {
			if s.Producer == producer && s.Seq == seq {
				sent, refused = true, refused || s.Outcome == history.Failed
			}
		}
		phantom = phantom || !sent
	}
	for _, l := range o.found {
		for _, f := range l {
			if f.Intact {
				look(f.Producer, f.Seq)
			}
		}
	}
	for _, d := range o.delivers {
		look(d.Producer, d.Seq)
	}
	return phantom, refused
}
