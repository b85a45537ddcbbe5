package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/node"
	"github.com/rmqproof/rmqproof/audit/promise"
)

// What is beyond the list still takes its promise back, and the report says that there is more.
func TestFindingsBeyondTheListStillCount(t *testing.T) {
	m := model.Build(input.Set{})
	r := &run{Model: m, rule: &Rule{ID: "x", Loses: []promise.Failure{promise.PodKilled}}, found: map[sight]bool{}}
	const more = 3
	for i := range mostFindings + more {
		for range 2 { // once each
			r.report(input.Object{Kind: "StatefulSet", Name: fmt.Sprint(i)}, node.Pos{File: "x.yaml", Line: 1 + i}, "", "is wrong")
		}
	}
	if len(r.out) != mostFindings || len(r.doubts) != mostFindings+more {
		t.Errorf("%d findings and %d doubts, want %d and %d", len(r.out), len(r.doubts), mostFindings, mostFindings+more)
	}
	if len(m.Unresolved) != 1 || m.Unresolved[0].What != "every finding of x" {
		t.Errorf("what is left out is told as %+v", m.Unresolved)
	}
}

func TestWhatIsNotKnownBeyondTheListIsTold(t *testing.T) {
	var all strings.Builder
	for i := range 510 {
		fmt.Fprintf(&all, "apiVersion: mq.example.com/v1\nkind: BrokerCluster\nmetadata: {name: a%d}\nspec: {image: 'apache/rocketmq:5.3.2'}\n---\n", i)
	}
	set, err := input.Parse([]byte(all.String()), "x.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m := model.Build(set)
	if last := m.Unresolved[len(m.Unresolved)-1]; len(m.Unresolved) != 501 || last.What != "everything else that is not known" {
		t.Errorf("%d entries, the last one %+v", len(m.Unresolved), last)
	}
}
