package compare

import (
	"slices"

	"github.com/rmqproof/rmqproof/audit/promise"
)

// promises pairs clusters and groups by their names; a single one on either side is the same under another name.
func promises(older, newer promise.Promise) []Promise {
	all := []Promise{}
	old := pair(older.Clusters, newer.Clusters, func(c promise.Cluster) string { return c.Name })
	for i, c := range newer.Clusters {
		before := promise.Cluster{}
		if at := old.of[i]; at >= 0 {
			before = older.Clusters[at]
		}
		all = append(all, ofCluster(before, c)...)
	}
	for _, at := range old.left {
		all = append(all, ofCluster(older.Clusters[at], promise.Cluster{Name: older.Clusters[at].Name})...)
	}
	return all
}

func ofCluster(older, newer promise.Cluster) []Promise {
	var all []Promise
	old := pair(older.Groups, newer.Groups, func(g promise.Group) string { return g.Name })
	for i, g := range newer.Groups {
		var before []promise.Outcome
		if at := old.of[i]; at >= 0 {
			before = older.Groups[at].Outcomes
		}
		all = append(all, ofGroup(newer.Name, g.Name, before, g.Outcomes)...)
	}
	for _, at := range old.left {
		all = append(all, ofGroup(newer.Name, older.Groups[at].Name, older.Groups[at].Outcomes, nil)...)
	}
	if len(older.Groups) > 0 && len(newer.Groups) > 0 && (len(old.left) > 0 || slices.Contains(old.of, -1)) {
		// Groups came or went: what the weakest of them promises is compared as well, under no group's name.
		all = append(all, ofGroup(newer.Name, "", older.Outcomes, newer.Outcomes)...)
	}
	return all
}

func ofGroup(cluster, group string, before, after []promise.Outcome) []Promise {
	var all []Promise
	for _, f := range promise.Failures {
		p := Promise{Cluster: cluster, Group: group, Failure: f.Failure, Before: under(before, f.Failure), After: under(after, f.Failure)}
		switch {
		case p.Before == nil && p.After == nil:
			continue
		case p.Before == nil:
			p.State = New
		case p.After == nil:
			p.State = Gone
		default:
			p.State = became(*p.Before, *p.After)
		}
		all = append(all, p)
	}
	return all
}

func under(outcomes []promise.Outcome, f promise.Failure) *promise.Outcome {
	for i := range outcomes {
		if outcomes[i].Failure == f {
			return &outcomes[i]
		}
	}
	return nil
}

// became says whether a promise got worse in any respect: what is lost, how much of it, whether sends go on.
func became(old, now promise.Outcome) State {
	worth := map[promise.Worth]int{promise.Kept: 0, promise.LostUpTo: 1, promise.Unknown: 2, promise.Lost: 3}
	sends := map[promise.Sends]int{promise.SameGroup: 0, promise.OtherGroups: 1, promise.SendsOpen: 2, promise.NoSends: 3}
	lost := worth[now.Acknowledged] - worth[old.Acknowledged]
	if lost == 0 && now.Acknowledged == promise.LostUpTo {
		lost = longer(old.UpToMS, now.UpToMS)
	}
	served := sends[now.Sends] - sends[old.Sends]
	switch {
	case lost > 0 || served > 0:
		return Worse
	case lost == 0 && served == 0:
		return Same
	case old.Acknowledged == promise.Lost && now.Acknowledged == promise.Unknown:
		return Changed // not to know is no improvement
	}
	return Better
}

// longer compares spans of loss; 0 is one without a bound.
func longer(old, now int) int {
	switch {
	case old == now:
		return 0
	case now == 0 || old != 0 && now > old:
		return 1
	}
	return -1
}

// pairs says for each newer entry which older one it is, -1 for none, and which older ones are left.
type pairs struct{ of, left []int }

func pair[T any](older, newer []T, name func(T) string) pairs {
	at := map[string][]int{}
	for i, o := range older {
		at[name(o)] = append(at[name(o)], i)
	}
	p, taken := pairs{of: make([]int, len(newer))}, make([]bool, len(older))
	for i, n := range newer {
		p.of[i] = -1
		if same := at[name(n)]; len(same) > 0 {
			p.of[i], at[name(n)] = same[0], same[1:]
		} else if len(older) == 1 && len(newer) == 1 {
			p.of[i] = 0
		}
		if p.of[i] >= 0 {
			taken[p.of[i]] = true
		}
	}
	for i := range older {
		if !taken[i] {
			p.left = append(p.left, i)
		}
	}
	return p
}
