package verify

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Options say what to judge. The zero value judges every claim that the history states, or else every claim
// that its records allow.
type Options struct {
	// Claims to judge; they override the history's. A claim may carry its figure: "resumes-within=30s".
	Claims []string
	// ResumeWithin is the budget from a fault's start until sends are stable again. 0: 30 s.
	ResumeWithin time.Duration
	// MinAcks is how many acknowledgements each span must hold. 0: 1.
	MinAcks int
	// Evidence is how many operations are shown for a claim. 0: 10.
	Evidence int
	// AvailabilityAtLeast is the least share of time, 0 to 1, that every broker group must serve. 0: not judged.
	AvailabilityAtLeast float64
	// DuplicatesAtMost is how many redeliveries a consumer group may see. 0: not judged; NoDuplicates: none.
	DuplicatesAtMost int64
	// StableGap is the longest pause between acknowledgements, or probes, within a stable stretch. 0: 1 s.
	StableGap time.Duration
	// StableFor is how long a stretch must hold to be stable. 0: 5 s.
	StableFor time.Duration
	// MessagesOnly leaves out all that is judged by time, and the availability: what is left is quicker.
	MessagesOnly bool
}

// NoDuplicates as DuplicatesAtMost allows no redelivery at all.
const NoDuplicates = -1

func (o Options) withDefaults() Options {
	if o.ResumeWithin == 0 {
		o.ResumeWithin = 30 * time.Second
	}
	if o.MinAcks == 0 {
		o.MinAcks = 1
	}
	if o.Evidence == 0 {
		o.Evidence = 10
	}
	if o.StableGap == 0 {
		o.StableGap = time.Second
	}
	if o.StableFor == 0 {
		o.StableFor = 5 * time.Second
	}
	return o
}

// resolve takes the figures out of the claims and returns the bare ids, in the order of Claims.
func (o *Options) resolve(stated []string) ([]string, error) {
	var ids []string
	for _, c := range stated {
		id, figure, has := strings.Cut(strings.TrimSpace(c), "=")
		if _, known := Define(id); !known {
			return nil, fmt.Errorf("no claim is named %q; the claims are %s", id, strings.Join(IDs(), ", "))
		}
		if has {
			if err := o.figure(id, figure); err != nil {
				return nil, fmt.Errorf("claim %q: %w", c, err)
			}
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int { return slices.Index(IDs(), a) - slices.Index(IDs(), b) })
	return ids, nil
}

func (o *Options) figure(id, figure string) (err error) {
	switch id {
	case ResumesWithin:
		o.ResumeWithin, err = time.ParseDuration(figure)
		if err == nil && o.ResumeWithin <= 0 {
			err = fmt.Errorf("%s is not above 0", figure)
		}
	case EnoughTraffic:
		o.MinAcks, err = strconv.Atoi(figure)
	case AvailabilityAtLeast:
		o.AvailabilityAtLeast, err = strconv.ParseFloat(figure, 64)
		if err == nil && (o.AvailabilityAtLeast <= 0 || o.AvailabilityAtLeast > 1) {
			err = fmt.Errorf("%s is not a share above 0 and up to 1", figure)
		}
	case DuplicatesAtMost:
		o.DuplicatesAtMost, err = strconv.ParseInt(figure, 10, 64)
		if err == nil && o.DuplicatesAtMost == 0 {
			o.DuplicatesAtMost = NoDuplicates
		}
	default:
		err = fmt.Errorf("it takes no figure")
	}
	return err
}

// Check reports a claim or a figure that cannot be judged.
func (o Options) Check() error {
	_, err := o.resolve(o.Claims)
	return err
}
