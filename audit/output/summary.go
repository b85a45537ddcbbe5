package output

import (
	"fmt"
	"io"
	"strings"

	"github.com/rmqproof/rmqproof/audit"
	"github.com/rmqproof/rmqproof/audit/promise"
	"github.com/rmqproof/rmqproof/audit/rules"
)

// Summary writes a report in ten lines at most: the counts, the rules by consequence, the promise in words, what is not
// known.
func Summary(w io.Writer, r audit.Report) error {
	lines := []string{counts(r)}
	for _, c := range rules.Consequences {
		if found := ruleCounts(r.Findings, c.Consequence); found != "" {
			lines = append(lines, strings.ToLower(c.Title[:1])+c.Title[1:]+": "+found)
		}
	}
	for _, say := range []struct {
		worth promise.Worth
		words string
	}{
		{promise.Kept, "acknowledged messages are kept"}, {promise.LostUpTo, "the last acknowledged messages are lost"},
		{promise.Lost, "acknowledged messages are lost"},
	} {
		if failures := after(r.Promise, say.worth); failures != "" {
			lines = append(lines, say.words+" after "+failures)
		}
	}
	if n := len(r.Unresolved); n > 0 {
		lines = append(lines, fmt.Sprintf("not known from the input: %s; %s", amount(n, "thing"), unknownAfter(r.Promise)))
	}
	_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n")
	return err
}

// ruleCounts lists the rules that found something, those of information left out.
func ruleCounts(all []rules.Finding, c rules.Consequence) string {
	count := map[string]int{}
	var order []string
	for _, f := range all {
		if f.Consequence != c || f.Severity == rules.Info {
			continue
		}
		if count[f.Rule]++; count[f.Rule] == 1 {
			order = append(order, f.Rule)
		}
	}
	for i, rule := range order {
		if count[rule] > 1 {
			order[i] = fmt.Sprintf("%s (%d)", rule, count[rule])
		}
	}
	if len(order) > shown {
		order = append(order[:shown], fmt.Sprintf("and %d more", len(order)-shown))
	}
	return strings.Join(order, ", ")
}

// after lists the failures after which the worst group's acknowledgements are worth that much.
func after(p promise.Promise, worth promise.Worth) string {
	var all []string
	for _, c := range p.Clusters {
		for _, o := range c.Outcomes {
			if o.Acknowledged == worth {
				all = append(all, string(o.Failure))
			}
		}
	}
	return strings.Join(unique(all), ", ")
}

func unknownAfter(p promise.Promise) string {
	if failures := after(p, promise.Unknown); failures != "" {
		return "nothing can be promised after " + failures
	}
	return "no promise hangs on it"
}
