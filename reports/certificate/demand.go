package certificate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// The demands that there are.
const (
	ackedLoss = "acked-loss"
	rpo       = "rpo"
	rto       = "rto"    // until every broker group and the clients are served again, from each fault's start
	outage    = "outage" // the longest of any broker group and of the clients
)

// Demand is what a user asks of every scenario beyond its claims.
type Demand struct {
	key   string
	count int64
	most  time.Duration
}

func (d Demand) String() string {
	if d.key == ackedLoss {
		return d.key + "=" + strconv.FormatInt(d.count, 10)
	}
	return d.key + "=" + d.most.String()
}

// ParseDemands reads demands that commas or line ends part, such as acked-loss=0,rto=30s. What follows a # is a remark.
func ParseDemands(text string) ([]Demand, error) {
	var all []Demand
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		for part := range strings.SplitSeq(line, ",") {
			if part = strings.TrimSpace(part); part == "" {
				continue
			}
			d, err := parseDemand(part)
			if err != nil {
				return nil, err
			}
			if slices.ContainsFunc(all, func(o Demand) bool { return o.key == d.key }) {
				return nil, fmt.Errorf("demand %q: %s is demanded twice", part, d.key)
			}
			all = append(all, d)
		}
	}
	return all, nil
}

func parseDemand(text string) (d Demand, err error) {
	key, figure, _ := strings.Cut(text, "=")
	d.key = strings.TrimSpace(key)
	figure = strings.TrimSpace(figure)
	switch d.key {
	case ackedLoss:
		d.count, err = strconv.ParseInt(figure, 10, 64)
	case rpo, rto, outage:
		d.most, err = time.ParseDuration(figure)
	default:
		return d, fmt.Errorf("demand %q: there are %s=COUNT, %s=TIME, %s=TIME and %s=TIME", text, ackedLoss, rpo, rto, outage)
	}
	if err == nil && (d.count < 0 || d.most < 0 || d.most == 0 && d.key != ackedLoss && d.key != rpo) {
		err = fmt.Errorf("it is below what can be met")
	}
	if err != nil {
		return d, fmt.Errorf("demand %q: %w", text, err)
	}
	return d, nil
}

// answer holds a demand against a history. Times are judged by the judge's own claims, so that a history which shows too
// little leaves a demand undecided here as it does there.
func (d Demand) answer(r history.Reader, seen Seen) (verify.Verdict, error) {
	switch d.key {
	case ackedLoss:
		return within(seen.Lost != nil, seen.Lost != nil && *seen.Lost <= d.count), nil
	case rpo:
		return within(seen.RecoveryPoint != nil, seen.RecoveryPoint != nil && *seen.RecoveryPoint <= d.most), nil
	}
	report, err := verify.Judge(r, verify.Options{Claims: d.claims(), Evidence: -1})
	if err != nil {
		return verify.Inconclusive, err
	}
	v := within(d.key != outage || seen.Unobserved <= d.most, true)
	for _, c := range report.Claims {
		v = verify.Worst(v, c.Verdict)
	}
	return v, nil
}

// forever is a sum of outages that no run reaches.
const forever = 1000 * time.Hour

// claims are the judge's own for a time.
func (d Demand) claims() []verify.Claim {
	if d.key == outage {
		return []verify.Claim{claims.OutageAtMost(d.most, forever)}
	}
	return []verify.Claim{claims.GroupsResumeWithin(d.most), claims.ResumesWithin(d.most)}
}

func within(decided, met bool) verify.Verdict {
	switch {
	case !decided:
		return verify.Inconclusive
	case met:
		return verify.Valid
	}
	return verify.Violated
}
