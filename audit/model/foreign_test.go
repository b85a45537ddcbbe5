package model_test

import (
	"strings"
	"testing"
)

// TestResourcesOfOtherOperators holds that what looks like RocketMQ is named, and what is another product is not.
func TestResourcesOfOtherOperators(t *testing.T) {
	for text, named := range map[string]bool{
		"apiVersion: mq.example.com/v1\nkind: RocketMQ\nmetadata: {name: a}\n":                                                             true,
		"apiVersion: rocketmq.example.com/v1\nkind: Thing\nmetadata: {name: a}\n":                                                          true,
		"apiVersion: mq.example.com/v1\nkind: BrokerCluster\nmetadata: {name: a}\nspec: {image: 'apache/rocketmq:5.3.2'}\n":                true,
		"apiVersion: mq.example.com/v1\nkind: Broker\nmetadata: {name: a}\nspec: {pods: [{nameServers: 'a:9876'}]}\n":                      true,
		"apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: {name: a}\nspec: {config: {name: x}}\n":                              false,
		"apiVersion: monitoring.example.com/v1\nkind: ServiceMonitor\nmetadata: {name: a}\nspec: {selector: rocketmq}\n":                   false,
		"apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: rocketmqs.mq.example.com}\n":                false,
		"apiVersion: rocketmq.apache.org/v1alpha1\nkind: Console\nmetadata: {name: a}\nspec: {consoleDeployment: {}}\n":                    false,
		"apiVersion: rocketmq.apache.org/v1alpha1\nkind: Broker\nmetadata: {name: a}\nspec: {size: 1, brokerImage: 'apache/rocketmq:x'}\n": false,
	} {
		found := false
		for _, u := range build(t, text).Unresolved {
			found = found || strings.Contains(u.Reason, "looks like RocketMQ")
		}
		if found != named {
			t.Errorf("named %t:\n%s", found, text)
		}
	}
}
