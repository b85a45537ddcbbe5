package traffic

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"

	clienterrors "github.com/apache/rocketmq-client-go/v2/errors"
	"github.com/apache/rocketmq-client-go/v2/primitive"

	"github.com/rmqproof/rmqproof/history"
)

func TestClassify(t *testing.T) {
	sent := func(s primitive.SendStatus) *primitive.SendResult {
		return &primitive.SendResult{Status: s, QueueOffset: 9}
	}
	code := func(n int, text string) error { return fmt.Errorf("CODE: %d, DESC: %s", n, text) }
	for _, tc := range []struct {
		name    string
		res     *primitive.SendResult
		err     error
		outcome history.Outcome
		status  string
		offset  int64
	}{
		{"acknowledged", sent(primitive.SendOK), nil, history.OK, "SEND_OK", 9},
		{"not on disk", sent(primitive.SendFlushDiskTimeout), nil, history.Unknown, "FLUSH_DISK_TIMEOUT", 9},
		{"not on the slave", sent(primitive.SendFlushSlaveTimeout), nil, history.Unknown, "FLUSH_SLAVE_TIMEOUT", 9},
		{"no slave", sent(primitive.SendSlaveNotAvailable), nil, history.Unknown, "SLAVE_NOT_AVAILABLE", 9},
		{"no status", sent(primitive.SendUnknownError), nil, history.Unknown, "SEND_UNKNOWN_ERROR", 9},
		{"nothing at all", nil, nil, history.Unknown, "NO_RESULT", -1},
		{"system error", nil, code(1, "in-sync replicas not enough"), history.Unknown, "SYSTEM_ERROR", -1},
		{"busy", nil, code(2, "[TIMEOUT_CLEAN_QUEUE]broker busy"), history.Unknown, "SYSTEM_BUSY", -1},
		{"unavailable", nil, code(14, "service not available now"), history.Failed, "SERVICE_NOT_AVAILABLE", -1},
		{"read only", nil, code(16, "the broker[x] sending message is forbidden"), history.Failed, "NO_PERMISSION", -1},
		{"no topic", nil, code(17, "topic[t] not exist"), history.Failed, "TOPIC_NOT_EXIST", -1},
		{"illegal", nil, code(13, "the message is illegal"), history.Failed, "MESSAGE_ILLEGAL", -1},
		{"flow control", nil, code(215, "slow"), history.Unknown, "CODE_215", -1},
		{"a code of the future", nil, code(9999, ""), history.Unknown, "CODE_9999", -1},
		{"a code in another text", nil, errors.New("x CODE: 17, DESC: y"), history.Unknown, "CONNECTION_FAILED", -1},
		{"time-out", nil, clienterrors.ErrRequestTimeout, history.Unknown, "TIMEOUT", -1},
		{"deadline", nil, context.DeadlineExceeded, history.Unknown, "TIMEOUT", -1},
		{"refused", nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}, history.Failed, "NOT_CONNECTED", -1},
		{"dial timed out", nil, &net.OpError{Op: "dial", Err: context.DeadlineExceeded}, history.Failed, "NOT_CONNECTED", -1},
		{"write", nil, &net.OpError{Op: "write", Err: errors.New("broken pipe")}, history.Unknown, "CONNECTION_FAILED", -1},
		{"read", nil, &net.OpError{Op: "read", Err: errors.New("reset")}, history.Unknown, "CONNECTION_FAILED", -1},
		{"no route", nil, errors.New("topic=t route info not found"), history.Failed, "NO_ROUTE", -1},
		{"no topic route", nil, errors.New("the topic=t route info not found"), history.Failed, "NO_ROUTE", -1},
		{"shut down", nil, clienterrors.ErrNotRunning, history.Failed, "NO_CLIENT", -1},
		{"closed", nil, clienterrors.ErrService, history.Failed, "NO_CLIENT", -1},
		{"whatever else", nil, errors.New("??"), history.Unknown, "CONNECTION_FAILED", -1},
	} {
		r := classify(tc.res, tc.err)
		if r.outcome != tc.outcome || r.status != tc.status || r.offset != tc.offset {
			t.Errorf("%s: %v %s %d, want %v %s %d", tc.name, r.outcome, r.status, r.offset, tc.outcome, tc.status, tc.offset)
		}
		if (r.detail != "") != (tc.err != nil) {
			t.Errorf("%s: detail %q", tc.name, r.detail)
		}
	}
}
