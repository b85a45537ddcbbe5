package claims

import "time"

const resumesWithin = "resumes-within"

// ResumesWithin claims that the whole cluster serves sends stably again within d of each fault.
func ResumesWithin(d time.Duration) Recovery { return Recovery{id: resumesWithin, budget: d} }

var _ = list(Kind{ID: resumesWithin, Section: Service, Figure: "30s", Doc: Doc{
	Means:        "From each fault on, sends are stable again within the budget: for 5 s no pause is longer than 1 s, at least half of what is due is acknowledged, and no broker group is silent.",
	Guarantee:    "Producers leave out a broker group that does not answer and take its queues back when it serves again; a group serves as soon as its master is registered.",
	Inconclusive: "there is no fault, one was not confirmed, the cluster was sick before it, the sends ended or paused too early to tell, or the load itself was late",
	NextStep:     "Service came back too late: the strip of each broker group shows whether the broker or the client was slow. Look at the pod's restart, its probes and its registration.",
}, Default: ResumesWithin(30 * time.Second), Parse: parseRecovery(resumesWithin)})
