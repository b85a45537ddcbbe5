package promise

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/audit/model"
)

// Doubt is something that takes a promise back: a defect of the release, a mistake of the same input, a fact that is
// not known.
type Doubt struct {
	// Rule names the finding, Message says what happens.
	Rule, Message string
	// Failures are those under which the promise does not hold.
	Failures []Failure
	// Stops says that no message is taken as things stand.
	Stops bool
	// Group is the one that it is about; without it Object is the workload or the other object at fault.
	Group  *model.Group
	Object string
}

// All lists every failure.
func All() []Failure {
	var all []Failure
	for _, f := range Failures {
		all = append(all, f.Failure)
	}
	return all
}

// Power lists the failures in which a node loses power.
func Power() []Failure { return []Failure{PowerOne, GroupLost, PowerAll} }

// doubting finds the doubts about a group without a walk over all of them.
type doubting struct {
	group  map[*model.Group][]Doubt
	object map[string][]Doubt
}

func sorted(doubts []Doubt) doubting {
	d := doubting{map[*model.Group][]Doubt{}, map[string][]Doubt{}}
	for _, each := range doubts {
		if each.Group != nil {
			d.group[each.Group] = append(d.group[each.Group], each)
		} else {
			d.object[each.Object] = append(d.object[each.Object], each)
		}
	}
	return d
}

// about returns the doubts about workloads: theirs, and those about the policies that restrict them.
func (d doubting) about(m *model.Model, workloads []*model.Workload) []Doubt {
	var all []Doubt
	for _, w := range workloads {
		all = append(all, d.object[w.Object.String()]...)
		for _, p := range m.PoliciesOf(w) {
			all = append(all, d.object[p.Object.String()]...)
		}
	}
	return all
}

// servers lists the workloads on which every group of a cluster rests.
func servers(c *model.Cluster) []*model.Workload {
	var all []*model.Workload
	for _, list := range [][]*model.Process{c.NameServers, c.Controllers} {
		for _, p := range list {
			all = append(all, p.Workload)
		}
	}
	return all
}

// contradicted takes back what the doubts do not leave standing. A loss that is certain without them stays what it is.
func contradicted(o Outcome, doubts []Doubt) Outcome {
	var against []string
	var first Doubt
	for _, d := range doubts {
		if !d.Stops && !slices.Contains(d.Failures, o.Failure) || slices.Contains(against, d.Rule) {
			continue
		}
		if len(against) == 0 || d.Stops && !first.Stops {
			first = d
		}
		against = append(against, d.Rule)
	}
	if len(against) == 0 {
		return o
	}
	slices.Sort(against)
	o.Against = against
	if first.Stops {
		o.Sends = NoSends
	}
	if o.Acknowledged == Lost && !first.Stops {
		return o
	}
	why := fmt.Sprintf("%s (%s)", strings.TrimSuffix(lower(first.Message), "."), first.Rule)
	if others := slices.DeleteFunc(slices.Clone(against), func(r string) bool { return r == first.Rule }); len(others) > 0 {
		why += "; " + strings.Join(others, ", ") + " as well"
	}
	if o.Acknowledged != Lost {
		o.Acknowledged, o.UpToMS, o.Why = Unknown, 0, why
	}
	return o
}

// lower puts a sentence behind "because".
func lower(text string) string {
	for _, word := range []string{"The ", "A ", "An ", "It ", "No ", "Nothing ", "Several ", "Every ", "After ", "With "} {
		if strings.HasPrefix(text, word) {
			return strings.ToLower(text[:1]) + text[1:]
		}
	}
	return text
}
