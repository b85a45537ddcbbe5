package lab

import (
	"errors"
	"testing"

	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/verify"
)

func TestAClusterThatNeverServesIsCaughtByItsOwnWordsAlone(t *testing.T) {
	caught := verify.Expectation{Verdict: verify.Violated, By: "availability-at-least"}
	never := errors.New("out of time; last seen: its probe fails: FLUSH_DISK_TIMEOUT")
	for name, c := range map[string]struct {
		s     scenario.Scenario
		never error
		want  bool
	}{
		"as expected":               {scenario.Scenario{Expect: caught, Mute: "FLUSH_DISK_TIMEOUT"}, never, true},
		"for another reason":        {scenario.Scenario{Expect: caught, Mute: "FLUSH_DISK_TIMEOUT"}, errors.New("no image"), false},
		"it served":                 {scenario.Scenario{Expect: caught, Mute: "FLUSH_DISK_TIMEOUT"}, nil, false},
		"the green side":            {scenario.Scenario{Mute: "FLUSH_DISK_TIMEOUT"}, never, false},
		"the entry does not say so": {scenario.Scenario{Expect: caught}, never, false},
	} {
		if got := isMute(c.s, c.never); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
