package needs_test

import (
	"slices"
	"testing"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/internal/fake"
	"github.com/rmqproof/rmqproof/chaos/needs"
	"github.com/rmqproof/rmqproof/chaos/nodes"
)

var all = []chaos.Need{chaos.NodeHelper, chaos.Evictions, chaos.SeveralWorkers, chaos.MovableVolume, chaos.TiedVolume, chaos.NFTables}

func TestMissing(t *testing.T) {
	for name, tt := range map[string]struct {
		given func(*fake.Cluster)
		want  []chaos.Need
	}{
		"volumes of their nodes": {func(*fake.Cluster) {}, []chaos.Need{chaos.MovableVolume}},
		"shared volumes":         {func(f *fake.Cluster) { f.Share() }, []chaos.Need{chaos.TiedVolume}},
		"one worker": {func(f *fake.Cluster) {
			for _, w := range []string{"w1", "w2"} {
				if err := nodes.Cordon(t.Context(), f, w, "somebody"); err != nil {
					t.Fatal(err)
				}
			}
		}, []chaos.Need{chaos.SeveralWorkers, chaos.MovableVolume}},
		"no privileged pods": {func(f *fake.Cluster) { f.Restricted = true }, []chaos.Need{chaos.NodeHelper, chaos.MovableVolume}},
	} {
		f := fake.New(t)
		tt.given(f)
		before := len(f.Writes)
		lacks, err := needs.Missing(t.Context(), f, all)
		var got []chaos.Need
		for _, l := range lacks {
			got = append(got, l.Need)
		}
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, %v; want %v", name, lacks, err, tt.want)
		}
		if len(f.Writes) != before && name != "no privileged pods" {
			t.Errorf("%s: asking wrote %v", name, f.Writes[before:])
		}
	}
	if _, err := needs.Missing(t.Context(), fake.New(t), []chaos.Need{"luck"}); err == nil {
		t.Error("a need that nobody knows is met")
	}
}
