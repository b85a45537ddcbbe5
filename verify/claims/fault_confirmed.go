package claims

import (
	"fmt"

	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// FaultConfirmed claims that each fault was seen to hold.
func FaultConfirmed() Claim { return faultConfirmed }

var faultConfirmed = listBare(Experiment, "fault-confirmed", Doc{
	Means:        "Each fault was seen to hold on its target.",
	Guarantee:    "None: it is a check of the experiment, never violated.",
	Inconclusive: "there is no fault, or one was not confirmed",
	NextStep:     "The fault was not seen to hold on its target. See the span in the timeline and the injector's error; without a fault there is nothing to survive.",
}, hasFaults, judgeFaultConfirmed)

func hasFaults(f *Facts) bool { return !f.Options.MessagesOnly && len(f.Times.Faults()) > 0 }

func judgeFaultConfirmed(f *Facts) Finding {
	faults := f.Times.Faults()
	if why := f.NoTimes(); why != "" {
		return Finding{Verdict: Inconclusive, Why: why}
	}
	r := Finding{Verdict: Valid, Why: fmt.Sprintf("all %d faults were seen to hold on their targets", len(faults))}
	open := int64(0)
	for _, s := range faults {
		if !s.Confirmed {
			if open++; open == 1 {
				r.Verdict, r.Why = Inconclusive, fmt.Sprintf("fault %q on %s was not seen to hold", s.Name, s.Target)
				r.Violations = []facts.Violation{{Summary: r.Why, Record: &s}}
			}
		}
	}
	if len(faults) == 0 {
		r.Verdict, r.Why = Inconclusive, "no fault was recorded"
	}
	return r.counted(map[string]int64{"faults": int64(len(faults)), "unconfirmed": open})
}

// unconfirmed stands where a fault was not seen to hold.
func unconfirmed(f *Facts) string {
	r := judgeFaultConfirmed(f)
	return when(r.Verdict != Valid, r.Why)
}
