package rules

import (
	"path"
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/properties"
)

// configUnread finds configuration files that are mounted and that no server and no script opens.
func configUnread(r *run) {
	r.each(func(p *model.Process) {
		i := p.Instances[0]
		if i.Guessed || p.Role == keys.Proxy || i.Launch.Holder || i.Config.Path != "" && !i.Config.Shipped {
			return
		}
		for _, f := range r.Mounted(p.Workload, p.Container) {
			own, hinted := meantFor(p, path.Base(f.Path), f.Text)
			if !own || r.Opened(f.Value) && (i.Config.Shipped || !hinted) {
				continue
			}
			if i.Config.Shipped {
				r.report(p.Workload.Object, f.Mount.At, "-c "+f.Path, "The %s is started with -c %s, which is the image's own file; %s, which is mounted, is read by nobody.", p.Role, i.Config.Path, f.Path)
				continue
			}
			r.report(p.Workload.Object, f.Value.Pos(), "-c "+f.Path, "The %s is started without -c: %s, which is mounted, is not read.", p.Role, f.Path)
		}
	})
}

// hints are words in a file's name that say whose it is.
var hints = map[keys.Server][]string{
	keys.NameServer: {"namesrv", "nameserver", "name-server"}, keys.Broker: {"broker"}, keys.Controller: {"controller"},
}

// meantFor says whether a file is this server's, by a key that no other server has, and whether its name says so, too.
func meantFor(p *model.Process, name, text string) (own, hinted bool) {
	if !strings.HasSuffix(name, ".conf") && !strings.HasSuffix(name, ".properties") {
		return false, false
	}
	lower := strings.ToLower(name)
	for role, words := range hints {
		for _, word := range words {
			if !strings.Contains(lower, word) {
				continue
			}
			if role != p.Role {
				return false, false
			}
			hinted = true
		}
	}
	for _, e := range properties.Parse(text) {
		if _, mine := keys.Find(p.Role, p.Version(), e.Key); mine {
			if _, others := keys.Elsewhere(p.Role, p.Version(), e.Key); !others || hinted {
				return true, hinted
			}
		}
	}
	return false, hinted
}
