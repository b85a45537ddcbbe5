package catalog

import (
	"strconv"
	"strings"

	"golang.org/x/mod/semver"

	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/verify"
)

// TrackRecord is the label of scenarios that show a known bug of a release.
const TrackRecord = "track-record"

// Bug is a defect of a released version that an ordinary scenario shows: red on a version that has it, green on one that
// has not. Nothing in the scenario looks for the bug.
type Bug struct {
	ID         string // number of RocketMQ's issue, or a name of ours where none reports the loss
	Title      string
	Loses      string // what a user loses by it
	Red, Green string // versions
	Mend       string // lines key=value that make the green side, where no version does
	By         string // id of the claim that it breaks
	Mute       string // what a red version says that never serves: an experiment that cannot begin because of it counts as red
	Show       scenario.Scenario
}

// Called is the bug's name as people write it.
func (b Bug) Called() string {
	if b.Reported() {
		return "#" + b.ID
	}
	return b.ID
}

// Reported tells whether the id is the number of an issue.
func (b Bug) Reported() bool {
	_, err := strconv.Atoi(b.ID)
	return err == nil
}

// Sides are the scenarios of the red and of the green version.
func (b Bug) Sides() []scenario.Scenario { return []scenario.Scenario{b.red(), b.green()} }

func (b Bug) red() scenario.Scenario {
	s := b.On(b.Red)
	s.Name = b.ID + "-red"
	return s
}

func (b Bug) green() scenario.Scenario {
	s := b.on("green", b.Green)
	if b.Mend != "" {
		s.On.Settings = strings.TrimPrefix(s.On.Settings+"\n"+b.Mend, "\n")
	}
	return s
}

// On is what shows the bug on any version, expected to be caught: a release where it is not does not have it.
func (b Bug) On(version string) scenario.Scenario {
	s := b.on(version, version)
	s.Expect, s.Mute = verify.Expectation{Verdict: verify.Violated, By: b.By}, b.Mute
	return s
}

// Suits tells whether a release has the mode that the bug is shown in.
func (b Bug) Suits(version string) bool {
	return semver.Compare("v"+version, "v"+modes[b.Show.On.Overlay]) >= 0
}

// Mended is the green side as people write it: its version, and what is set there beside it.
func (b Bug) Mended() string {
	if b.Mend == "" {
		return b.Green
	}
	return b.Green + " with " + strings.ReplaceAll(b.Mend, "\n", ", ")
}

func (b Bug) on(side, version string) scenario.Scenario {
	s := b.Show
	s.Name = b.ID + "-" + side
	s.Title = b.Called() + " on " + version + ": " + b.Title
	s.Labels = []string{TrackRecord} // what else it is about runs with repro alone: it is of other releases
	s.On.Version = version
	s.Spoils = true // what the bug did to the store is nothing to go on with
	return s
}

// Bugs lists the track record. Each entry has a file of its own.
func Bugs() []Bug {
	return []Bug{bug6570(), bug6283(), bug7523(), bug9249(), bug9713(), bugN1(), bugO2()}
}

func bugScenarios() (all []scenario.Scenario) {
	for _, b := range Bugs() {
		all = append(all, b.Sides()...)
	}
	return all
}
