package remoting

import "fmt"

// Request codes, as org.apache.rocketmq.remoting.protocol.RequestCode has them.
const (
	reqPullMessage        = 11
	reqCreateTopic        = 17
	reqAllTopics          = 21
	reqBrokerConfig       = 26
	reqRuntimeInfo        = 28
	reqMaxOffset          = 30
	reqMinOffset          = 31
	reqViewMessage        = 33
	reqAllOffsets         = 43
	reqRoute              = 105
	reqClusterInfo        = 106
	reqAllGroups          = 201
	reqDeleteGroup        = 207
	reqDeleteTopic        = 215
	reqForgetTopic        = 216
	reqSendMessageV2      = 310
	reqConsumeQueue       = 321
	reqTopicConfig        = 351
	reqHAStatus           = 907
	reqControllerMetadata = 1005
	reqSyncStateData      = 1006
	reqEpochCache         = 1007
)

// Response codes, as ResponseCode and RemotingSysResponseCode have them.
const (
	Success              = 0
	SystemError          = 1
	SystemBusy           = 2
	NotSupported         = 3
	FlushDiskTimeout     = 10
	SlaveNotAvailable    = 11
	FlushSlaveTimeout    = 12
	MessageIllegal       = 13
	ServiceNotAvailable  = 14
	VersionNotSupported  = 15
	NoPermission         = 16
	TopicNotExist        = 17
	PullNotFound         = 19
	PullRetryImmediately = 20
	PullOffsetMoved      = 21
	SubscriptionNotExist = 24
)

var codeNames = map[int]string{
	Success: "SUCCESS", SystemError: "SYSTEM_ERROR", SystemBusy: "SYSTEM_BUSY", NotSupported: "REQUEST_CODE_NOT_SUPPORTED",
	FlushDiskTimeout: "FLUSH_DISK_TIMEOUT", SlaveNotAvailable: "SLAVE_NOT_AVAILABLE", FlushSlaveTimeout: "FLUSH_SLAVE_TIMEOUT",
	MessageIllegal: "MESSAGE_ILLEGAL", ServiceNotAvailable: "SERVICE_NOT_AVAILABLE", VersionNotSupported: "VERSION_NOT_SUPPORTED",
	NoPermission: "NO_PERMISSION", TopicNotExist: "TOPIC_NOT_EXIST", PullNotFound: "PULL_NOT_FOUND",
	PullRetryImmediately: "PULL_RETRY_IMMEDIATELY", PullOffsetMoved: "PULL_OFFSET_MOVED", SubscriptionNotExist: "SUBSCRIPTION_NOT_EXIST",
}

// CodeName is RocketMQ's name of a response code.
func CodeName(code int) string {
	if name, ok := codeNames[code]; ok {
		return name
	}
	return fmt.Sprintf("CODE_%d", code)
}

// CodeError is an answer other than the one hoped for.
type CodeError struct {
	Code   int
	Remark string // the broker's own words
}

func (e *CodeError) Error() string {
	if e.Remark == "" {
		return CodeName(e.Code)
	}
	return CodeName(e.Code) + ": " + e.Remark
}

// NotSentError wraps what kept a request from leaving this process: it has surely had no effect.
type NotSentError struct{ Err error }

func (e *NotSentError) Error() string { return "not sent: " + e.Err.Error() }
func (e *NotSentError) Unwrap() error { return e.Err }
