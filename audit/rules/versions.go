package rules

import (
	"sort"
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
)

// versions: which release runs.
var versions = []Rule{
	{
		ID: "unpinned-image", Severity: Warning, Title: "An image without a fixed version",
		Explain: "A tag that moves gives the pod that is made anew another release than its copy, at a moment that nobody chose.",
		Source:  "Kubernetes docs: images, avoid :latest",
		Example: Example{On: "static", Sound: "image: apache/rocketmq:5.5.0 # master a", Broken: "image: apache/rocketmq:latest"},
		check: func(r *run) {
			r.each(func(p *model.Process) {
				if i := p.Container.Image; i.Reference != "" && !i.Digest && (i.Tag == "" || i.Tag == "latest" || i.Tag == "develop" || i.Tag == "stable") {
					r.report(p.Workload.Object, p.Container.Value.Get("image").Pos(), "image: "+i.Repository+":<release>", "%s is another release tomorrow.", i.Reference)
				}
			})
		},
	},
	{
		ID: "mixed-versions", Severity: Warning, Title: "Servers of one cluster in different releases",
		Explain: "Releases differ in what they copy, how they register and what they send one another. Between two of them only a roll " +
			"is meant, from the one to the next, and not a state that lasts.",
		Source:  "apache/rocketmq#5536; RocketMQ docs: upgrade",
		Example: Example{On: "static", Sound: "image: apache/rocketmq:5.5.0 # master a", Broken: "image: apache/rocketmq:5.1.0"},
		check: func(r *run) {
			for _, c := range r.Clusters {
				first := map[keys.Version]*model.Process{}
				r.each(func(p *model.Process) {
					if inCluster(c, p) && p.Version().Known() && first[p.Version()] == nil {
						first[p.Version()] = p
					}
				})
				if len(first) > 1 {
					p, all := oldest(first)
					r.report(p.Workload.Object, p.Container.Value.Get("image").Pos(), "one release in all images", "The cluster's servers run %s.", all)
				}
			}
		},
	},
}

func inCluster(c *model.Cluster, p *model.Process) bool {
	for _, b := range c.Brokers {
		if b.Process == p {
			return true
		}
	}
	for _, list := range [][]*model.Process{c.NameServers, c.Controllers} {
		for _, other := range list {
			if other == p {
				return true
			}
		}
	}
	return false
}

func oldest(first map[keys.Version]*model.Process) (*model.Process, string) {
	var all []keys.Version
	for v := range first {
		all = append(all, v)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Less(all[j]) })
	var text []string
	for _, v := range all {
		text = append(text, v.String())
	}
	return first[all[0]], strings.Join(text, " and ")
}
