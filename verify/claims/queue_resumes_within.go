package claims

import "time"

const queueResumesWithin = "queue-resumes-within"

// QueuesResumeWithin claims that each queue acknowledges sends again within d of each fault.
func QueuesResumeWithin(d time.Duration) Recovery { return Recovery{id: queueResumesWithin, budget: d} }

var _ = list(Kind{ID: queueResumesWithin, Section: Service, Figure: "45s", Doc: Doc{
	Means:        "From each fault on, each queue that acknowledged before acknowledges again within the budget, as often as not, for 5 s.",
	Guarantee:    "All queues of a broker group are served together; a client sends to a queue again once its route names the group, at most 30 s after it is back.",
	Inconclusive: "there is no fault, one was not confirmed, a queue was sick before it, or nothing was sent to a queue at the time",
	NextStep:     "One queue came back later than its broker group: look for a queue that has no route, no permission to write or a lock, and for clients that leave it out.",
}, Default: QueuesResumeWithin(45 * time.Second), Parse: parseRecovery(queueResumesWithin)})
