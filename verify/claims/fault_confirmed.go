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
	Inconclusive: "there is no fault, one was not confirmed, or one was announced that is not there",
	NextStep:     "The fault was not seen to hold on its target. See the span in the timeline and the injector's error; without a fault there is nothing to survive.",
}, hasFaults, judgeFaultConfirmed)

// hasFaults reports whether a run has faults, or was to have some.
func hasFaults(f *Facts) bool {
	return !f.Options.MessagesOnly && len(f.Times.Faults())+len(f.Announced.Faults) > 0
}

func judgeFaultConfirmed(f *Facts) Finding {
	faults := f.Times.Faults()
	if why := f.NoTimes(); why != "" {
		return Finding{Verdict: Inconclusive, Why: why}
	}
	r := Finding{Verdict: Valid, Why: heldAll(len(faults))}
	open := int64(0)
	for _, s := range faults {
		if !s.Confirmed {
			if open++; open == 1 {
				r.Verdict, r.Why = Inconclusive, fmt.Sprintf("fault %q on %s was not seen to hold", s.Name, s.Target)
				r.Violations = []facts.Violation{{Summary: r.Why, Record: &s}}
			}
		}
	}
	if why := first(f.MissingFault(), noFault(f)); why != "" {
		r.Verdict, r.Why = Inconclusive, why
	}
	return r.counted(map[string]int64{"faults": int64(len(faults)), "unconfirmed": open})
}

func heldAll(n int) string {
	if n == 1 {
		return "the fault was seen to hold on its target"
	}
	return fmt.Sprintf("all %d faults were seen to hold on their targets", n)
}

// unconfirmed stands where a fault was not seen to hold.
func unconfirmed(f *Facts) string {
	r := judgeFaultConfirmed(f)
	return when(r.Verdict != Valid, r.Why)
}
