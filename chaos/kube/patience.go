package kube

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/internal/await"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	utilnet "k8s.io/apimachinery/pkg/util/net"
)

// An API server that restarts, or whose disk is busy, answers again within half a minute.
const (
	tries    = 10
	tryAgain = 3 * time.Second
)

// patiently repeats an undo while it is the API server that is in trouble. It may be repeated at any time.
func patiently(ctx context.Context, name string, undo func(context.Context) error) error {
	tried := 0
	w := await.Wait{What: "the API server to let " + name + " go on", Every: chaos.Patient(ctx, tryAgain)}
	return w.Until(ctx, func(ctx context.Context) error {
		tried++
		err := undo(ctx)
		if tried == tries || !inTrouble(err) {
			return await.Permanent(err)
		}
		return err
	})
}

// inTrouble tells an API server that cannot answer from one that says no. A wait that was in vain has asked often enough.
func inTrouble(err error) bool {
	var status apierrors.APIStatus
	switch {
	case errors.Is(err, await.ErrBudget):
		return false
	case errors.As(err, &status):
		code := status.Status().Code
		return code >= http.StatusInternalServerError || code == http.StatusTooManyRequests
	}
	return utilnet.IsConnectionRefused(err) || utilnet.IsConnectionReset(err) || utilnet.IsProbableEOF(err)
}
