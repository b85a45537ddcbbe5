package workload

import (
	"fmt"
	"testing"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
)

func reportedAs(version string, brokers ...agentapi.Broker) agentapi.Reported {
	for i := range brokers {
		brokers[i].Version = version
	}
	return agentapi.Reported{Brokers: brokers}
}

func TestVersionsThatGiveOffsetsAwayAreSparedWhatMakesThem(t *testing.T) {
	master := agentapi.Broker{Group: "a", Role: agentapi.RoleMaster}
	for version, want := range map[string]string{
		"V5_1_0": "[delay]", "V5_0_0": "[delay]", "": "[delay]", "V5_1_1": "[delay size properties]", "V5_5_0": "[delay size properties]",
	} {
		if got := refusals(agentapi.Traffic{}, reportedAs(version, master)); got.Refused != oneIn || fmt.Sprint(got.RefusedBy) != want {
			t.Errorf("%q: one in %d by %v, want %s", version, got.Refused, got.RefusedBy, want)
		}
	}
	asked := refusals(agentapi.Traffic{RefusedBy: []string{agentapi.RefusedBySize}, Refused: 7}, reportedAs("V5_1_0", master))
	if asked.Refused != 7 || fmt.Sprint(asked.RefusedBy) != "[size]" {
		t.Errorf("what a traffic asks for is changed: %+v", asked)
	}
	if none := refusals(agentapi.Traffic{Refused: -1}, reportedAs("V5_1_0", master)); none.Refused != 0 {
		t.Errorf("%+v", none)
	}
}

func TestTheRunsFirstLineSaysWhatTheLoadMeansToShow(t *testing.T) {
	reported := reportedAs("V5_2_0",
		agentapi.Broker{Group: "a", ID: 0, Address: "a:1", Role: agentapi.RoleMaster}, agentapi.Broker{Group: "a", ID: 1, Address: "a:2", Role: agentapi.RoleSlave},
		agentapi.Broker{Group: "b", ID: 0, Address: "b:1", Role: agentapi.RoleMaster, Error: "gone"},
	)
	l := Load{Seed: 5, Traffics: []agentapi.Traffic{{}, {Consumer: true}}}
	c, err := l.config("kill master", reported)
	if err != nil {
		t.Fatal(err)
	}
	var run history.Run
	announce(&run, c, reported)
	if got, want := fmt.Sprint(run.Seed, run.Brokers, run.Probes, run.Groups, run.Replicas), fmt.Sprintf("5 [a] [a] [rmqproof-%s-1] [a/0 a/1]", c.ID); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	l.NoProbe = true
	if c, err = l.config("x", reported); err != nil {
		t.Fatal(err)
	}
	run = history.Run{}
	if announce(&run, c, reported); len(run.Probes) > 0 {
		t.Errorf("probes of %v are announced and left out", run.Probes)
	}
	if _, err := l.config("x", agentapi.Reported{}); err == nil {
		t.Error("there is a load without a master")
	}
}

// TestReplicasAreAnnouncedOnlyByIDsThatStay: a controller that does not say a master's id leaves none that does.
func TestReplicasAreAnnouncedOnlyByIDsThatStay(t *testing.T) {
	elected := map[string]string{"enableControllerMode": "true"}
	reported := reportedAs("V5_2_0",
		agentapi.Broker{Group: "a", ID: 0, Address: "a:1", Role: agentapi.RoleMaster, Config: elected},
		agentapi.Broker{Group: "a", ID: 2, Address: "a:2", Role: agentapi.RoleSlave, Config: elected},
	)
	for masterID, want := range map[int64]string{0: "[]", 3: "[a/3 a/2]"} {
		reported.Controllers = []agentapi.Controller{{Leader: true, Groups: []agentapi.SyncStateSet{{Group: "a", InSync: []agentapi.Replica{{ID: masterID, Address: "a:1"}}}}}}
		var run history.Run
		announce(&run, agentapi.RunConfig{Groups: []string{"a"}}, reported)
		if fmt.Sprint(run.Replicas) != want {
			t.Errorf("master's id %d: announced %v, want %s", masterID, run.Replicas, want)
		}
	}
}
