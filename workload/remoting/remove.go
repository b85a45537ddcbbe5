package remoting

import "context"

// DeleteTopic takes a topic and its messages away from one broker. One that is not there is no error.
func DeleteTopic(ctx context.Context, broker Peer, topic string) error {
	_, err := call(ctx, broker, newCommand(reqDeleteTopic, map[string]string{"topic": topic}, nil))
	return err
}

// ForgetTopic takes a topic's route away from one NameServer. A broker that still has the topic registers it again.
func ForgetTopic(ctx context.Context, nameServer Peer, topic string) error {
	_, err := call(ctx, nameServer, newCommand(reqForgetTopic, map[string]string{"topic": topic}, nil))
	return err
}

// DeleteGroup takes a consumer group and its progress away from one broker.
func DeleteGroup(ctx context.Context, broker Peer, group string) error {
	_, err := call(ctx, broker, newCommand(reqDeleteGroup, map[string]string{"groupName": group, "cleanOffset": "true"}, nil))
	return err
}
