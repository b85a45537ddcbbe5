package remoting

import (
	"context"
	"slices"
)

// Permissions of a topic's queues on a broker.
const (
	PermWrite = 2
	PermRead  = 4
)

// Group is one broker group as a NameServer knows it.
type Group struct {
	Name      string           `json:"brokerName"`
	Cluster   string           `json:"cluster"`
	Addresses map[int64]string `json:"brokerAddrs"` // by broker id; 0 is the master
}

// Queues says how many queues of a topic a broker group has.
type Queues struct {
	Group string `json:"brokerName"`
	Read  int    `json:"readQueueNums"`
	Write int    `json:"writeQueueNums"`
	Perm  int    `json:"perm"`
}

// Route is where a topic's queues are.
type Route struct {
	Queues []Queues `json:"queueDatas"`
	Groups []Group  `json:"brokerDatas"`
}

// Master is the address of a group's master, empty where none is registered.
func (r Route) Master(group string) string {
	i := slices.IndexFunc(r.Groups, func(g Group) bool { return g.Name == group })
	if i < 0 {
		return ""
	}
	return r.Groups[i].Addresses[0]
}

// ClusterInfo is every broker that a NameServer knows.
type ClusterInfo struct {
	Groups map[string]Group `json:"brokerAddrTable"`
}

// TopicRoute asks a NameServer for a topic's route. A topic without one is a *CodeError with TopicNotExist.
func TopicRoute(ctx context.Context, nameServer Peer, topic string) (Route, error) {
	var route Route
	cmd := newCommand(reqRoute, map[string]string{"topic": topic, "acceptStandardJsonOnly": "true"}, nil)
	err := callJSON(ctx, nameServer, cmd, &route)
	return route, err
}

// Brokers asks a NameServer for all brokers.
func Brokers(ctx context.Context, nameServer Peer) (ClusterInfo, error) {
	var info ClusterInfo
	err := callJSON(ctx, nameServer, newCommand(reqClusterInfo, nil, nil), &info)
	return info, err
}

func callJSON(ctx context.Context, p Peer, cmd *Command, into any) error {
	response, err := call(ctx, p, cmd)
	if err != nil {
		return err
	}
	return unmarshal(response.Body, into)
}

// call turns every answer but success into an error.
func call(ctx context.Context, p Peer, cmd *Command) (*Command, error) {
	response, err := p.Call(ctx, cmd)
	if err != nil {
		return nil, err
	}
	if response.Code != Success {
		return nil, &CodeError{response.Code, response.Remark}
	}
	return response, nil
}
