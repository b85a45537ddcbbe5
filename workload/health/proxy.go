package health

import (
	"context"
	"errors"
	"fmt"

	"github.com/rmqproof/rmqproof/workload/cluster"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// proxyTopic is one that proxies in cluster mode make when they start, to tell one another of clients (ProxyConfig.heartbeatSyncerTopicName).
const proxyTopic = "DefaultHeartBeatSyncerTopic"

// ProxyLive returns nil when a proxy answers a question for a route at its remoting port, be it that there is none.
func ProxyLive(ctx context.Context, address string) error {
	_, err := routeBy(ctx, address)
	var code *remoting.CodeError
	if errors.As(err, &code) {
		return nil
	}
	return err
}

// ProxyReady returns nil when a proxy names a broker of the topic that it made itself: it reaches a NameServer that knows brokers.
func ProxyReady(ctx context.Context, address string) error {
	route, err := routeBy(ctx, address)
	if err == nil && len(route.Queues) == 0 {
		err = fmt.Errorf("the proxy at %s knows no broker of topic %s", address, proxyTopic)
	}
	return err
}

// KnowsMaster returns nil when a NameServer knows a master. A proxy that starts before that makes its topic nowhere, and ends.
func KnowsMaster(ctx context.Context, nameServers string) error {
	v, err := cluster.New(nameServers)
	if err != nil {
		return err
	}
	defer v.Client.Close()
	masters, err := v.Masters(ctx)
	if err == nil && len(masters) == 0 {
		err = errors.New("no NameServer knows a master yet")
	}
	return err
}

func routeBy(ctx context.Context, address string) (remoting.Route, error) {
	client := &remoting.Client{}
	defer client.Close()
	return remoting.TopicRoute(ctx, client.To(address), proxyTopic)
}
