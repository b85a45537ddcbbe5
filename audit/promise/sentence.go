package promise

import (
	"fmt"
	"strings"
)

// sentence says an outcome in plain words.
func sentence(meaning string, o Outcome) string {
	var worth string
	switch o.Acknowledged {
	case Kept:
		worth = "every acknowledged message is kept"
	case Lost:
		worth = "acknowledged messages are lost"
	case LostUpTo:
		worth = "the last acknowledged messages are lost, as many as the other copy was behind"
		if o.UpToMS > 0 {
			worth = fmt.Sprintf("acknowledged messages of the last %d ms are lost", o.UpToMS)
		}
	default:
		return meaning + ": nothing can be promised, because " + o.Why + "."
	}
	return meaning + ": " + worth + "; " + ofSends[o.Sends] + ". " + strings.ToUpper(o.Why[:1]) + o.Why[1:] + "."
}

var ofSends = map[Sends]string{
	SameGroup: "sends go on in the same group", OtherGroups: "sends go on in the other groups", NoSends: "no sends succeed meanwhile",
	SendsOpen: "whether sends go on is not known",
}

// words keeps each text once: thousands of groups that are configured alike say the same.
type words map[string]string

func (w words) once(g Group) Group {
	for i := range g.Outcomes {
		o := &g.Outcomes[i]
		o.Why, o.Sentence = w.kept(o.Why), w.kept(o.Sentence)
	}
	return g
}

func (w words) kept(text string) string {
	if first, ok := w[text]; ok {
		return first
	}
	w[text] = text
	return text
}
