package health

import (
	"context"
	"errors"

	"github.com/rmqproof/rmqproof/workload/remoting"
)

// ControllerLive returns nil when a controller answers a request about its group.
func ControllerLive(ctx context.Context, address string) error {
	_, err := controllerGroup(ctx, address)
	return err
}

// ControllerReady returns nil when a controller knows a leader of its group: without one no master can be elected.
func ControllerReady(ctx context.Context, address string) error {
	group, err := controllerGroup(ctx, address)
	if err == nil && group.LeaderAddress == "" {
		err = errors.New("the controllers have no leader that this one knows of")
	}
	return err
}

func controllerGroup(ctx context.Context, address string) (remoting.ControllerMetadata, error) {
	client := &remoting.Client{}
	defer client.Close()
	return remoting.Metadata(ctx, client.To(address))
}
