// Package promise derives from a cluster's configuration what it is built to survive: for each kind of failure what an
// acknowledgement is worth then, and whether sends go on.
package promise

import (
	_ "embed"

	"github.com/rmqproof/rmqproof/audit/model"
)

// Version is that of the JSON form; schema.json describes it.
const Version = "1"

// Schema is the JSON schema of a promise.
//
//go:embed schema.json
var Schema []byte

// Failure is a kind of failure.
type Failure string

// The failures, from the smallest to the largest.
const (
	PodKilled   Failure = "pod-killed"
	NodeLost    Failure = "node-lost"
	PowerOne    Failure = "power-loss-one-node"
	VolumeLost  Failure = "volume-lost"
	DiskFailing Failure = "disk-failing"
	DiskFull    Failure = "disk-full"
	GroupLost   Failure = "group-lost"
	ZoneLost    Failure = "zone-lost"
	PowerAll    Failure = "power-loss-all-nodes"
)

// Failures lists them in the order of a report, each with what exactly happens.
var Failures = []struct {
	Failure Failure
	Meaning string
}{
	{PodKilled, "One pod of the group is killed or deleted and made anew"},
	{NodeLost, "One node goes down and does not come back; a volume that is bound to it is gone with it"},
	{PowerOne, "One node loses power and comes back with its volumes"},
	{VolumeLost, "One broker's volume is lost"},
	{DiskFailing, "One broker's disk answers with errors while the broker runs"},
	{DiskFull, "One broker's disk fills up"},
	{GroupLost, "All brokers of the group crash together, with their nodes, and come back with their volumes"},
	{ZoneLost, "One zone is lost with its nodes and volumes"},
	{PowerAll, "All nodes lose power at once and come back with their volumes"},
}

// Worth is what an acknowledgement is worth after a failure.
type Worth string

// The values, the best first.
const (
	Kept     Worth = "kept"
	LostUpTo Worth = "lost-up-to"
	Unknown  Worth = "unknown"
	Lost     Worth = "lost"
)

// Sends says whether messages are taken while the failure lasts.
type Sends string

// The values, the best first.
const (
	SameGroup   Sends = "same-group"
	OtherGroups Sends = "other-groups"
	SendsOpen   Sends = "unknown"
	NoSends     Sends = "none"
)

// Key is a setting that decides.
type Key struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	File  string `json:"file"`
	Line  int    `json:"line"`
}

// Outcome is what becomes of messages and sends under one failure.
type Outcome struct {
	Failure      Failure `json:"failure"`
	Acknowledged Worth   `json:"acknowledged"`
	// UpToMS bounds the span of acknowledged messages that is lost, in milliseconds; 0 when there is no bound.
	UpToMS   int    `json:"upToMs,omitempty"`
	Sends    Sends  `json:"sends"`
	Why      string `json:"why"`
	Sentence string `json:"sentence"`
	Keys     []Key  `json:"keys"`
	// Against names the rules whose findings take the promise back.
	Against []string `json:"contradictedBy,omitempty"`
}

// Group is the promise of one broker group.
type Group struct {
	Name     string    `json:"name"`
	Mode     string    `json:"mode"`
	Outcomes []Outcome `json:"outcomes"`
}

// Cluster is the promise of one cluster: its groups', and the worst of them.
type Cluster struct {
	Name      string    `json:"name"`
	Namespace string    `json:"namespace"`
	Outcomes  []Outcome `json:"outcomes"`
	Groups    []Group   `json:"groups"`
}

// Promise is that of everything in an input.
type Promise struct {
	Version  string    `json:"version"`
	Clusters []Cluster `json:"clusters"`
}

// Derive reads the promise off a model, less what the doubts take back.
func Derive(m *model.Model, doubts []Doubt) Promise {
	p, d, said := Promise{Version: Version, Clusters: []Cluster{}}, sorted(doubts), words{}
	for _, c := range m.Clusters {
		if len(c.Groups) == 0 {
			continue
		}
		out := Cluster{Name: c.Name, Namespace: c.Namespace}
		shared := d.about(m, servers(c))
		for _, g := range c.Groups {
			mine := append(append(d.about(m, g.Workloads()), d.group[g]...), shared...)
			out.Groups = append(out.Groups, said.once(ofGroup(m, g, mine)))
		}
		out.Outcomes = worst(out.Groups)
		p.Clusters = append(p.Clusters, out)
	}
	return p
}

func ofGroup(m *model.Model, g *model.Group, doubts []Doubt) Group {
	f := factsOf(m, g)
	mode, _ := g.Mode()
	out := Group{Name: g.Name, Mode: string(mode), Outcomes: make([]Outcome, 0, len(Failures))}
	for _, kind := range Failures {
		o := f.outcome(kind.Failure)
		o.Failure, o.Keys = kind.Failure, f.keys
		o = contradicted(o, doubts)
		o.Sentence = sentence(kind.Meaning, o)
		out.Outcomes = append(out.Outcomes, o)
	}
	return out
}

// worst takes for each failure the group that fares worst.
func worst(groups []Group) []Outcome {
	rank := map[Worth]int{Kept: 0, LostUpTo: 1, Unknown: 2, Lost: 3}
	sends := map[Sends]int{SameGroup: 0, OtherGroups: 1, SendsOpen: 2, NoSends: 3}
	all := make([]Outcome, 0, len(Failures))
	for i := range Failures {
		at := groups[0].Outcomes[i]
		for _, g := range groups[1:] {
			o := g.Outcomes[i]
			switch {
			case rank[o.Acknowledged] > rank[at.Acknowledged],
				o.Acknowledged == at.Acknowledged && (o.UpToMS == 0 || o.UpToMS > at.UpToMS && at.UpToMS > 0) && o.Acknowledged == LostUpTo && at.UpToMS != 0,
				o.Acknowledged == at.Acknowledged && o.UpToMS == at.UpToMS && sends[o.Sends] > sends[at.Sends]:
				at = o
			}
		}
		all = append(all, at)
	}
	return all
}
