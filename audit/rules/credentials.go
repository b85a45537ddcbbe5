package rules

import (
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
)

// inner: that servers with access control let one another in.
var inner = []Rule{
	{
		ID: "inner-credentials", Severity: Error, Title: "Access control that locks out the cluster's own servers",
		Loses: copiesGone(),
		Explain: "With authenticationEnabled a broker asks everybody for a name, its slaves included. Without innerClientAuthenticationCredentials " +
			"a slave has none to give: it is refused the topics and the consumers' offsets of its master, and holds messages that nobody " +
			"can read when it has to stand in. A proxy in cluster mode is refused in the same way.",
		Source:  "RocketMQ source: BrokerOuterAPI.newAclRPCHook, SlaveSynchronize; RocketMQ docs: ACL 2.0",
		Example: Example{On: "static", Sound: "brokerName=broker-b\n    brokerId=1", Broken: "brokerName=broker-b\n    authenticationEnabled=true\n    brokerId=1", Also: []Change{{"brokerName=broker-b\n    brokerId=0", "brokerName=broker-b\n    authenticationEnabled=true\n    brokerId=0"}}},
		check:   innerCredentials,
	},
}

const innerKey = "innerClientAuthenticationCredentials"

func innerCredentials(r *run) {
	const secret = `{"accessKey":"<user>","secretKey":"<from a Secret>"}`
	r.groups(func(g *model.Group) {
		leader := g.Leader()
		if !leader.Is("authenticationEnabled") {
			return
		}
		for _, b := range g.Brokers {
			if s := b.Get(innerKey); asks(g, b) && s.Unknown == "" && strings.TrimSpace(s.Value) == "" {
				r.report(b.Workload.Object, b.Where("authenticationEnabled"), set(innerKey, secret), "%s copies from a broker with authenticationEnabled=true and has no %s: it is refused topics and offsets.", called(b), innerKey)
			}
		}
	})
	for _, c := range r.Clusters {
		for _, p := range c.Proxies {
			i := p.Instances[0]
			if s := i.Get(innerKey); guarded(c) && s.Unknown == "" && s.Value == "" && !i.Guessed && !strings.EqualFold(i.Launch.Flags["pm"], "local") {
				r.as(Warning).report(p.Workload.Object, s.Pos, `"`+innerKey+`": "{\"accessKey\":\"<user>\",\"secretKey\":\"<from a Secret>\"}"`, "The brokers have authenticationEnabled=true, and the proxy has no %s: its own requests are refused.", innerKey)
			}
		}
	}
}

// asks says whether a broker takes something from another of its group.
func asks(g *model.Group, b *model.Broker) bool {
	mode, _ := g.Mode()
	return len(g.Brokers) > 1 && (b.Role == model.Slave || mode != model.Static)
}

// guarded says whether some broker of the cluster asks for names.
func guarded(c *model.Cluster) bool {
	for _, b := range c.Brokers {
		if b.Role != model.NoRole && b.Instance.Process.Role == keys.Broker && b.Is("authenticationEnabled") {
			return true
		}
	}
	return false
}

// bringsList says whether a container mounts an access list somewhere, or runs a script that speaks of one: the image's
// own is then not, or not surely, the one that counts.
func (r *run) bringsList(p *model.Process) bool {
	const name = "plain_acl.yml"
	for _, o := range r.Providers(p.Workload, p.Container) {
		for _, t := range model.Texts(o) {
			if t.Key == name || strings.Contains(t.Text, name) {
				return true
			}
		}
	}
	return strings.Contains(strings.Join(append(append([]string{}, p.Container.Command...), p.Container.Args...), "\n"), name)
}
