package traffic

import (
	"context"
	"errors"
	"net"
	"regexp"
	"strconv"
	"strings"

	clienterrors "github.com/apache/rocketmq-client-go/v2/errors"
	"github.com/apache/rocketmq-client-go/v2/primitive"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/remoting"
)

// Statuses that the client library gives no name.
const (
	statusNoRoute  = "NO_ROUTE"
	statusNoClient = "NO_CLIENT"
)

// answerCode finds the broker's code in the library's error text: it has no type for it.
var answerCode = regexp.MustCompile(`^CODE: (-?\d+), DESC: `)

var statusNames = map[primitive.SendStatus]string{
	primitive.SendFlushDiskTimeout:  remoting.CodeName(remoting.FlushDiskTimeout),
	primitive.SendFlushSlaveTimeout: remoting.CodeName(remoting.FlushSlaveTimeout),
	primitive.SendSlaveNotAvailable: remoting.CodeName(remoting.SlaveNotAvailable),
	primitive.SendUnknownError:      "SEND_UNKNOWN_ERROR",
}

// classify says what the sender may conclude of SendSync's result. Only SendOK is an acknowledgement: the library
// returns no error with three statuses that are none. A failure is definite where the broker's code proves that
// nothing was appended, or where the request surely never left; when in doubt it is unknown.
func classify(res *primitive.SendResult, err error) result {
	if err == nil && res != nil {
		if res.Status == primitive.SendOK {
			return result{outcome: history.OK, status: remoting.StatusOK, offset: res.QueueOffset}
		}
		return result{outcome: history.Unknown, status: statusNames[res.Status], offset: res.QueueOffset}
	}
	if err == nil {
		return result{outcome: history.Unknown, status: "NO_RESULT", offset: -1}
	}
	r := result{offset: -1, detail: err.Error()}
	r.outcome, r.status = classifyError(err)
	return r
}

func classifyError(err error) (history.Outcome, string) {
	if found := answerCode.FindStringSubmatch(err.Error()); found != nil {
		code, _ := strconv.Atoi(found[1]) // the pattern admits digits only; a code out of range is not known either
		return refusal(code)
	}
	var dial *net.OpError
	switch {
	case errors.As(err, &dial) && dial.Op == "dial":
		return history.Failed, remoting.StatusNoConnect
	case errors.Is(err, clienterrors.ErrNotRunning), errors.Is(err, clienterrors.ErrService):
		return history.Failed, statusNoClient
	case strings.HasSuffix(err.Error(), "route info not found"):
		return history.Failed, statusNoRoute
	case errors.Is(err, clienterrors.ErrRequestTimeout), errors.Is(err, context.DeadlineExceeded):
		return history.Unknown, remoting.StatusTimeout
	}
	return history.Unknown, remoting.StatusReset
}

func refusal(code int) (history.Outcome, string) {
	if remoting.Refused(code) {
		return history.Failed, remoting.CodeName(code)
	}
	return history.Unknown, remoting.CodeName(code)
}
