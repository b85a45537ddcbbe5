package compare

import "github.com/rmqproof/rmqproof/audit/rules"

// alike are the ways to recognise a finding again, the surest first: by its words at its object; by its object, when
// the words changed; by its words, when the object has another name. Files and lines are no part of it: they move.
var alike = []func(rules.Finding) string{
	func(f rules.Finding) string { return f.Rule + "\x00" + f.Object + "\x00" + f.Message },
	func(f rules.Finding) string { return f.Rule + "\x00" + f.Object },
	func(f rules.Finding) string { return f.Rule + "\x00" + f.Message },
}

// findings pairs those of two reports, each with one at most. The newer ones come first, in their order.
func findings(older, newer []rules.Finding) []Finding {
	before := make([]int, len(newer)) // the index in older plus one
	taken := make([]bool, len(older))
	for _, key := range alike {
		free := map[string][]int{}
		for i, f := range older {
			if !taken[i] {
				free[key(f)] = append(free[key(f)], i)
			}
		}
		for i, f := range newer {
			if same := free[key(f)]; before[i] == 0 && len(same) > 0 {
				before[i], taken[same[0]], free[key(f)] = same[0]+1, true, same[1:]
			}
		}
	}
	all := make([]Finding, 0, len(newer))
	for i, f := range newer {
		if before[i] == 0 {
			all = append(all, Finding{State: New, Finding: f})
			continue
		}
		all = append(all, since(older[before[i]-1], f))
	}
	for i, f := range older {
		if !taken[i] {
			all = append(all, Finding{State: Gone, Finding: f})
		}
	}
	return all
}

// since says what became of a finding.
func since(old, now rules.Finding) Finding {
	f := Finding{State: Same, Finding: now}
	if old.Severity != now.Severity {
		f.Was = old.Severity
	}
	switch {
	case now.Severity.Rank() < old.Severity.Rank():
		f.State = Worse
	case now.Severity.Rank() > old.Severity.Rank():
		f.State = Better
	case now.Message != old.Message || now.Object != old.Object:
		f.State = Changed
	}
	return f
}
