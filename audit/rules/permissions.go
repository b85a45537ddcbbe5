package rules

import (
	"fmt"
	"path"
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
)

// noGroup looks at every place that a server writes to.
func noGroup(r *run) {
	r.each(func(p *model.Process) {
		w := p.Workload
		uid, known := w.User(p.Container)
		if !known || uid == 0 || !kubernetesOwn(p) || owned(w) {
			return
		}
		grouped := w.Pod.Get("securityContext", "fsGroup").Exists()
		for _, s := range written(p) {
			switch {
			case s.Kind == "hostPath":
				r.report(w.Object, s.Mount.At, "an init container as user 0 that runs chown -R "+fmt.Sprint(uid)+" "+s.Mount.Path,
					"The %s runs as user %d and cannot write to a folder of the node (%s), which is made for root; fsGroup has no effect on a hostPath.", p.Role, uid, s.Mount.Path)
			case !grouped && (s.Kind == "template" || s.Kind == "claim") && !r.Writable(w, s):
				r.report(w.Object, w.Where("securityContext"), fmt.Sprintf("securityContext: {fsGroup: %d}", uid),
					"The %s runs as user %d and the pod has no fsGroup: on a new volume, which belongs to root, it cannot write.", p.Role, uid)
			}
		}
	})
}

// owned says whether an init container gives the volumes to the server's user.
func owned(w *model.Workload) bool {
	for _, c := range w.Init {
		if id, ok := w.User(c); ok && id == 0 || strings.Contains(fmt.Sprint(c.Command, c.Args), "chown") || strings.Contains(fmt.Sprint(c.Command, c.Args), "chmod") {
			return true
		}
	}
	return false
}

// written lists the places that a server cannot do without.
func written(p *model.Process) []model.Storage {
	i := p.Instances[0]
	switch p.Role {
	case keys.Broker:
		if i.Guessed {
			return nil
		}
		var all []model.Storage
		for _, key := range []string{"storePathCommitLog", "storePathRootDir"} {
			if s := i.Get(key); s.Unknown == "" && s.Value != "" {
				all = append(all, p.Workload.StorageOf(p.Container, path.Clean(s.Value)))
			}
		}
		return append(all, unread(p)...)
	case keys.Controller:
		if s := i.Get("controllerStorePath"); s.Unknown == "" && s.Value != "" {
			return []model.Storage{p.Workload.StorageOf(p.Container, path.Clean(s.Value))}
		}
		return []model.Storage{p.Workload.StorageOf(p.Container, path.Join(i.UserHome, "DLedgerController"))}
	case keys.NameServer:
		if s := i.Get("controllerStorePath"); i.Is("enableControllerInNamesrv") && s.Unknown == "" && s.Value != "" {
			return []model.Storage{p.Workload.StorageOf(p.Container, path.Clean(s.Value))}
		}
	}
	return nil
}

// unread is the default place of a broker's store when its configuration is not in the input: most files leave it there.
func unread(p *model.Process) []model.Storage {
	if i := p.Instances[0]; i.Config.Unknown != "" && strings.HasPrefix(i.UserHome, "/") {
		return []model.Storage{p.Workload.StorageOf(p.Container, path.Join(i.UserHome, "store"))}
	}
	return nil
}
