package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/scenario"
)

// Profile is a named list of scenarios under a version, so that a certificate means the same everywhere. What a version
// lists, and what its scenarios claim, never changes: another list, another claim or another budget is another version.
type Profile struct {
	Name    string
	Version int
	Members []Member
}

// Member is one scenario of a profile.
type Member struct {
	Scenario string
	Failure  string // the audit's name of the failure that its fault is, "" where the audit promises nothing about it
}

// Latest is the newest version of the profile of this name.
func Latest(name string) (Profile, error) {
	var latest Profile
	var names []string
	for _, p := range Profiles() {
		names = append(names, p.Name)
		if p.Name == name && p.Version > latest.Version {
			latest = p
		}
	}
	if latest.Version == 0 {
		slices.Sort(names)
		return latest, fmt.Errorf("there is no profile %q: there are %s", name, strings.Join(slices.Compact(names), ", "))
	}
	return latest, nil
}

// Find is one version of a profile.
func Find(name string, version int) (Profile, error) {
	for _, p := range Profiles() {
		if p.Name == name && p.Version == version {
			return p, nil
		}
	}
	return Profile{}, fmt.Errorf("this rmqproof knows no profile %s v%d: a newer or an older one made it", name, version)
}

// Scenarios are the profile's, in its order.
func (p Profile) Scenarios(v Versions) ([]scenario.Scenario, error) {
	all := All(v)
	chosen := make([]scenario.Scenario, 0, len(p.Members))
	for _, m := range p.Members {
		at := slices.IndexFunc(all, func(s scenario.Scenario) bool { return s.Name == m.Scenario })
		if at < 0 {
			return nil, fmt.Errorf("profile %s v%d names the scenario %s, which the catalogue does not have", p.Name, p.Version, m.Scenario)
		}
		chosen = append(chosen, all[at])
	}
	return chosen, nil
}
