package lab

import (
	"reflect"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/topology"
)

func TestOptionsGoThroughTheEnvironment(t *testing.T) {
	want := Options{Dir: "/tmp/run", Version: "5.1.0", UpgradeTo: "5.2.0", Also: []string{"5.3.3", "5.5.0"}, Rerun: "rmqproof e2e --labels 'a && b'", Title: "t", Seed: 7, Keep: true}
	for _, v := range want.Environ("smoke") {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	got, labels, err := FromEnviron()
	if err != nil || !reflect.DeepEqual(got, want) || labels != "smoke" {
		t.Errorf("%+v %q %v", got, labels, err)
	}
}

func TestSpecsNeedARunFolder(t *testing.T) {
	t.Setenv(varDir, "")
	if _, _, err := FromEnviron(); err == nil {
		t.Error("specs without a folder for their report")
	}
}

func TestACopyIsPromisedByConfigurationAlone(t *testing.T) {
	for _, c := range []struct {
		config map[string]string
		want   int64
	}{
		{map[string]string{"brokerRole": "SYNC_MASTER", "inSyncReplicas": "2"}, 2},
		{map[string]string{"brokerRole": "ASYNC_MASTER", "inSyncReplicas": "2"}, 0},
		{map[string]string{"brokerRole": "SLAVE", "allAckInSyncStateSet": "true", "inSyncReplicas": "2"}, 2},
		{map[string]string{"brokerRole": "SYNC_MASTER"}, 0},
	} {
		if got := copies(c.config); got != c.want {
			t.Errorf("%v promises %d copies, want %d", c.config, got, c.want)
		}
	}
}

func TestWhatAnUpgradeLeftServesWhoNamesNoVersion(t *testing.T) {
	have := rocketmq.Topology{Overlay: "kind", Version: "5.2.0"}
	for want, fit := range map[topology.Spec]bool{
		{Overlay: "kind"}:                   true,
		{Overlay: "kind", Version: "5.2.0"}: true,
		{Overlay: "kind", Version: "5.1.0"}: false,
		{Overlay: "lossy"}:                  false,
	} {
		if fits(have, want) != fit {
			t.Errorf("%+v on %+v: %t", want, have, !fit)
		}
	}
}
