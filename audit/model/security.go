package model

import "github.com/rmqproof/rmqproof/audit/node"

// security returns a field of the container's security context, or the pod's.
func (w *Workload) security(c *Container, field string) node.Value {
	if v := c.Value.Get("securityContext", field); v.Exists() {
		return v
	}
	return w.Pod.Get("securityContext", field)
}
