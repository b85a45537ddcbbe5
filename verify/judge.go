package verify

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/rmqproof/rmqproof/history"
)

// Judge judges a recorded run. An error means that the history could not be read, or that an option names no
// claim; whatever the history says is in the Report.
func Judge(r history.Reader, o Options) (Report, error) { return JudgeAll([]history.Reader{r}, o) }

// JudgeAll judges one run that was recorded in several histories, in whatever order they are given. All
// records of one producer, and all scans of one queue on one replica, must be in one history.
func JudgeAll(readers []history.Reader, o Options) (Report, error) {
	o = o.withDefaults()
	if len(readers) == 0 {
		return Report{}, errors.New("there is no history to judge")
	}
	sources := make([]*source, len(readers))
	for i, r := range readers {
		sources[i] = &source{reader: r}
	}
	r, err := judgeSources(sources, o)
	var broken defect
	if errors.As(err, &broken) {
		return broken.report(o)
	}
	return r, err
}

func judgeSources(sources []*source, o Options) (r Report, err error) {
	defer catch(&err)
	p, err := screenAll(sources, o)
	if err != nil {
		return Report{}, err
	}
	return p.report(sources)
}

// screenAll screens the histories side by side and merges what they say.
func screenAll(sources []*source, o Options) (*partial, error) {
	ordered, err := orderedTopics(sources)
	if err != nil {
		return nil, err
	}
	parts, errs := make([]*partial, len(sources)), make([]error, len(sources))
	var wg sync.WaitGroup
	room := make(chan struct{}, 4) // histories read at once
	for i, s := range sources {
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			defer catch(&errs[i])
			parts[i], errs[i] = s.screen(o, ordered)
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for _, x := range parts[1:] {
		parts[0].merge(x)
	}
	return parts[0], nil
}

// orderedTopics collects the ordered topics that the histories name in their first lines, so that every
// history is read with all of them.
func orderedTopics(sources []*source) (topics []string, err error) {
	for _, s := range sources {
		for r, err := range s.records() {
			if err != nil {
				return nil, err
			}
			if run, ok := r.(*history.Run); ok {
				topics = append(topics, run.Ordered...)
			}
			break
		}
	}
	return topics, nil
}

// report judges what was seen.
func (p *partial) report(sources []*source) (Report, error) {
	stated := p.options.Claims
	if len(stated) == 0 {
		stated = p.claims
	}
	claims, err := p.options.resolve(stated)
	if err != nil {
		return Report{}, err
	}
	q, err := p.inquire(sources)
	if err != nil {
		return Report{}, err
	}
	if len(claims) == 0 {
		claims = q.allowed()
	}
	r := Report{Verdict: Valid, Claims: []Claim{}, Notes: q.remarks()}
	if !p.options.MessagesOnly {
		r.Availability = q.availability()
	}
	exhibits := map[string][]exhibit{}
	for _, id := range claims {
		c, shown := q.claim(id, &r.Availability)
		r.Claims = append(r.Claims, c)
		r.Verdict = Worst(r.Verdict, c.Verdict)
		exhibits[id] = shown
	}
	if len(r.Claims) == 0 {
		r.Verdict = Inconclusive
	}
	return r, q.show(&r, exhibits)
}

// claim judges one claim. A checker that panics proves nothing.
func (q *inquiry) claim(id string, a *Availability) (c Claim, shown []exhibit) {
	defer func() {
		if e := recover(); e != nil {
			c, shown = defect{e}.claim(id), nil
		}
	}()
	f := q.judge(id, a)
	if q.options.MessagesOnly && judgedByTime[id] {
		f = finding{verdict: Inconclusive, why: "what is judged by time was left out"}
	}
	c = Claim{ID: id, Verdict: f.verdict, Counts: f.counts, Why: f.why, Evidence: []Evidence{}, Named: ranges(f.named)}
	if c.Counts == nil {
		c.Counts = map[string]int64{}
	}
	if c.Verdict.rank() == 1 {
		c.Verdict = Inconclusive
	}
	return c, f.shown
}

// judgedByTime are the claims that need what MessagesOnly leaves out.
var judgedByTime = map[string]bool{EnoughTraffic: true, FaultConfirmed: true, ResumesWithin: true, AvailabilityAtLeast: true}

// finding is what a checker says.
type finding struct {
	verdict Verdict
	counts  map[string]int64
	why     string
	shown   []exhibit
	named   []id
}

// allowed lists the claims that the records allow to judge.
func (q *inquiry) allowed() []string {
	faults, orderedSeen := len(q.times.faults()) > 0, len(q.ordered) > 0
	leave := map[string]bool{
		KeyOrder:             !orderedSeen,
		ReplicasAgree:        !slices.ContainsFunc(q.sorted, hasSlave),
		ConsumersCatchUp:     len(q.groups) == 0,
		NoDeliverySkip:       len(q.groups) == 0,
		DeliveredAtLeastOnce: len(q.groups) == 0,
		DuplicatesAtMost:     q.options.DuplicatesAtMost == 0,
		FaultConfirmed:       !faults || q.options.MessagesOnly,
		ResumesWithin:        !faults || q.options.MessagesOnly,
		AvailabilityAtLeast:  q.options.AvailabilityAtLeast == 0 || q.options.MessagesOnly,
		EnoughTraffic:        q.options.MessagesOnly,
	}
	return slices.DeleteFunc(IDs(), func(id string) bool { return leave[id] })
}

func hasSlave(x *queue) bool {
	for _, r := range x.replicas {
		if !r.master {
			return true
		}
	}
	return false
}

// remarks are what a reader should know of the history.
func (q *inquiry) remarks() []string {
	notes := slices.Clone(q.notes)
	if q.runs == 0 {
		notes = append(notes, "the history has no run line")
	}
	if n := q.times.backward; n > 0 {
		notes = append(notes, fmt.Sprintf("%d operations ended before they began: the clock cannot be trusted", n))
	}
	if q.times.wide {
		notes = append(notes, "the times spread further than can be counted: the clock cannot be trusted")
	}
	if q.totals.twice > 0 {
		notes = append(notes, fmt.Sprintf("%d sends are recorded more than once", q.totals.twice))
	}
	if q.unplaced > 0 {
		notes = append(notes, fmt.Sprintf("%d acknowledgements named no broker or no offset", q.unplaced))
	}
	return notes
}
