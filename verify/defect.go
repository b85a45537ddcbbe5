package verify

import (
	"fmt"
	"runtime/debug"
)

// defect is a panic of the judge. It makes what was to be judged inconclusive: a judge that fell over has
// found nothing valid, and nothing violated either.
type defect struct{ cause any }

func (d defect) Error() string {
	return fmt.Sprintf("the judge failed, which is a defect of its own: %v", d.cause)
}

// catch turns a panic into a defect.
func catch(err *error) {
	if e := recover(); e != nil {
		*err = defect{fmt.Sprintf("%v\n%s", e, debug.Stack())}
	}
}

func (d defect) claim(id string) Claim {
	return Claim{ID: id, Verdict: Inconclusive, Counts: map[string]int64{}, Evidence: []Evidence{}, Why: d.Error()}
}

// report says of every claim that was asked for that nothing is known.
func (d defect) report(o Options) (Report, error) {
	ids, err := o.resolve(o.Claims)
	if err != nil {
		return Report{}, err
	}
	if len(ids) == 0 {
		ids = IDs()
	}
	r := Report{Verdict: Inconclusive, Notes: []string{d.Error()}}
	for _, id := range ids {
		r.Claims = append(r.Claims, d.claim(id))
	}
	return r, nil
}
