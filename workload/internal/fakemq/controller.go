package fakemq

import (
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/rmqproof/rmqproof/workload/remoting"
)

// Controller is one controller of a group of its own choice.
type Controller struct {
	*server
	mu     sync.Mutex
	leader string // address of the one that leads
	groups string // the leader's answer about broker groups
}

// NewController starts a controller. Tell it with Lead who leads.
func NewController(t *testing.T) *Controller { return (*Network)(nil).NewController(t) }

// NewController starts a controller on the network.
func (n *Network) NewController(t *testing.T) *Controller {
	c := &Controller{}
	c.server = newServer(t, n, c.handle, nil)
	return c
}

// Lead says who leads, and what the leader knows of broker groups: a JSON object.
func (c *Controller) Lead(leader *Controller, groups string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leader, c.groups = leader.Address(), groups
}

func (c *Controller) handle(cmd *remoting.Command) *remoting.Command {
	c.mu.Lock()
	defer c.mu.Unlock()
	leads := c.leader == c.Address()
	switch {
	case cmd.Code == 1005:
		return &remoting.Command{ExtFields: map[string]string{
			"group": "ctl", "controllerLeaderId": "n0", "controllerLeaderAddress": c.leader, "isLeader": strconv.FormatBool(leads),
			"peers": fmt.Sprintf("n0:%s;", c.leader),
		}}
	case cmd.Code == 1006 && leads:
		return &remoting.Command{Body: []byte(`{"replicasInfoTable":` + c.groups + `}`)}
	case cmd.Code == 1006:
		return failure(2007, "not leader")
	}
	return failure(remoting.NotSupported, "")
}
