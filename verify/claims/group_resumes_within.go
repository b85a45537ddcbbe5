package claims

import "time"

const groupResumesWithin = "group-resumes-within"

// GroupsResumeWithin claims that each broker group serves its probes stably again within d of each fault.
func GroupsResumeWithin(d time.Duration) Recovery { return Recovery{id: groupResumesWithin, budget: d} }

var _ = list(Kind{ID: groupResumesWithin, Section: Service, Figure: "30s", Doc: Doc{
	Means:        "From each fault on, each broker group is stable again within the budget, by its probes: for 5 s it has no outage.",
	Guarantee:    "A broker group serves as soon as a master of it is up and registered: by a restart, or by an election where a controller holds one.",
	Inconclusive: "there is no fault, one was not confirmed, a group was sick before it, or a group that acknowledged or was announced was not probed, not for long enough, or not at the time",
	NextStep:     "A broker group came back too late: see in the timeline whether its pod, its store's recovery, its election or its registration took the time.",
}, Default: GroupsResumeWithin(30 * time.Second), Parse: parseRecovery(groupResumesWithin)})
