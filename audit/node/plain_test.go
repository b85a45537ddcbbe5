package node_test

import (
	"encoding/json"
	"strings"
	"testing"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"

	"github.com/rmqproof/rmqproof/audit/node"
)

func parsed(t *testing.T, text string) node.Value {
	t.Helper()
	var n yamlv3.Node
	if err := yamlv3.Unmarshal([]byte(text), &n); err != nil {
		t.Fatal(err)
	}
	return node.New(new(node.Keeper).Keep(&n), "f.yaml", nil)
}

// TestPlainIsWhatKubernetesReads holds each document against Kubernetes' own decoder.
func TestPlainIsWhatKubernetesReads(t *testing.T) {
	for _, text := range []string{
		"a: 5\nb: '5'\nc: \"true\"\nd: true\ne: yes\nf: 1.5\ng: null\nh: ~\ni:\nj: 0777\nk: 1e3\nl: 1073741824\n",
		"a: [1, x, {b: c}]\nb: {}\nc: []\n",
		"a: |\n  1\nb: >-\n  2\nc: !!str 3\nd: 2001-01-01\ne: 10:30\n",
		"x: &x {a: 1, b: '2'}\nw: *x\nz: {<<: *x, b: 3, c: 4}\n",
		"x: &x {a: 1}\nw: &w {b: 2}\nz: {<<: [*x, *w], c: 3}\n",
	} {
		got, err := parsed(t, text).Plain()
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		have, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		want, err := yaml.YAMLToJSON([]byte(text))
		if err != nil || string(have) != string(want) {
			t.Errorf("%s\n got %s\nwant %s %v", text, have, want, err)
		}
	}
}

func TestPlainEndsABomb(t *testing.T) {
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 8; i++ {
		bomb += strings.NewReplacer("N", string(rune('0'+i)), "P", string(rune('0'+i-1))).Replace("aN: &aN [*aP, *aP, *aP, *aP, *aP, *aP, *aP, *aP, *aP, *aP]\n")
	}
	if _, err := parsed(t, bomb).Plain(); err == nil || !strings.Contains(err.Error(), "aliases grow it") {
		t.Errorf("%v", err)
	}
}
