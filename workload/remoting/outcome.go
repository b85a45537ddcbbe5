package remoting

import (
	"context"
	"errors"

	"github.com/rmqproof/rmqproof/history"
)

// Statuses of a send that no broker has named.
const (
	StatusOK        = "SEND_OK"
	StatusTimeout   = "TIMEOUT"
	StatusReset     = "CONNECTION_FAILED"
	StatusNoConnect = "NOT_CONNECTED"
)

// Judge says what the sender may conclude of Send's result. When in doubt it is history.Unknown.
func Judge(sent Sent, err error) (history.Outcome, string) {
	var code *CodeError
	var unsent *NotSentError
	switch {
	case err == nil && sent.Code == Success:
		return history.OK, StatusOK
	case err == nil:
		return history.Unknown, CodeName(sent.Code)
	case errors.As(err, &code):
		if Refused(code.Code) {
			return history.Failed, CodeName(code.Code)
		}
		return history.Unknown, CodeName(code.Code)
	case errors.As(err, &unsent):
		return history.Failed, StatusNoConnect
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return history.Unknown, StatusTimeout
	}
	return history.Unknown, StatusReset
}
