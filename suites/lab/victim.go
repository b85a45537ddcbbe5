package lab

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/change"
	"github.com/rmqproof/rmqproof/chaos/nodes"
)

// Victim is who is killed while a fault is at work.
type Victim string

// The victims.
const (
	Runner Victim = "runner" // the process that injects
	Helper Victim = "helper" // that of a node
	Agent  Victim = "agent"  // that of the load
)

// Victims are all of them.
var Victims = []Victim{Runner, Helper, Agent}

// VictimsNamed returns those of these names, in that order.
func VictimsNamed(names []string) (some []Victim, err error) {
	for _, name := range names {
		if !slices.Contains(Victims, Victim(name)) {
			return nil, fmt.Errorf("%q is none of those that can be killed: take some of %s", name, strings.Trim(fmt.Sprint(Victims), "[]"))
		}
		some = append(some, Victim(name))
	}
	if some == nil {
		err = fmt.Errorf("name who is killed: some of %s", strings.Trim(fmt.Sprint(Victims), "[]"))
	}
	return some, err
}

// heals says that the runner lives, and heals.
func (v Victim) heals() bool { return v != Runner }

// fits says whether a fault can be met so. Where the kubelet or the container runtime is stopped, none but the helper that
// stopped it can start it: no other one can be made there. An upgrade that has ended is kept, and nothing is to be restored.
func (v Victim) fits(f chaos.Fault) bool {
	switch f.(type) {
	case nodes.StopKubelet, nodes.StopRuntime:
		return v != Helper
	case change.Upgrade:
		return v == Runner
	}
	return v != Helper || slices.Contains(f.Needs(), chaos.NodeHelper)
}

// rows is one for each kind of fault, and the numbers of those that fit and are meant.
func (v Victim) rows(faults []chaos.Fault, only *regexp.Regexp) (table []Killed, kinds []int, err error) {
	for kind, f := range faults {
		table = append(table, Killed{Victim: string(v), Fault: f.Name()})
		if v.fits(f) && (only == nil || only.MatchString(f.Name())) {
			kinds = append(kinds, kind)
		}
	}
	if kinds == nil {
		err = fmt.Errorf("no fault whose %s can be killed has a name that %s matches", v, only)
	}
	return table, kinds, err
}
