package scenario

import (
	"strings"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
)

type told struct {
	chaos.Fault `json:"-"`
	Percent     int
}

func (told) Name() string { return "some packets" }

func TestASchedulesValueTellsItFromAnother(t *testing.T) {
	of := func(percent int, hold time.Duration) Scenario {
		step := Step{Fault: told{Percent: percent}, Hold: hold}
		return Scenario{Steps: []Step{{Fault: told{}, With: []Step{step}}}}
	}
	one := string(of(30, time.Second).Schedule())
	for _, other := range []Scenario{of(31, time.Second), of(30, 2*time.Second), {}} {
		if string(other.Schedule()) == one {
			t.Errorf("%s is the schedule of two scenarios", one)
		}
	}
	if again := string(of(30, time.Second).Schedule()); again != one || !strings.Contains(one, `"Percent":30`) {
		t.Errorf("the schedule is %s, and once more %s", one, again)
	}
}
