package rules

import "github.com/rmqproof/rmqproof/audit/model"

// acting and rocks are the switches of the examples below, localProxy a broker that clients reach by POP.
var (
	acting     = Change{"autoCreateTopicEnable=false\n", "autoCreateTopicEnable=false\n    enableSlaveActingMaster=true\n    enableRemoteEscape=true\n"}
	rocks      = Change{"autoCreateTopicEnable=false\n", "autoCreateTopicEnable=false\n    popConsumerKVServiceEnable=true\n"}
	localProxy = Change{
		"exec sh mqbroker -c /tmp/broker.conf",
		"exec sh mqbroker -n 'nameserver-0.nameserver:9876;nameserver-1.nameserver:9876;nameserver-2.nameserver:9876' --enable-proxy -c /tmp/broker.conf",
	}
)

// timedBugs are those of messages that come later or again: timed ones, those of an acting master, and POP.
var timedBugs = []bug{
	{
		id: "7577", severity: Info, title: "A timed message that is tried again and does not escape",
		harm:  "the timer of an acting master sends its first try to another group and its second to itself, which refuses it",
		first: "5.0.0", last: "5.1.4", fixed: "5.2.0", on: "masters", hits: escapes, also: []Change{acting},
	},
	{
		id: "7923", severity: Info, title: "Timed messages that escape to the dead master",
		harm:  "the acting master may choose the master that has just died for the messages that come due",
		first: "5.0.0", last: "5.2.0", fixed: "5.3.0", on: "masters", hits: escapes, also: []Change{acting},
	},
	{
		id: "7480", severity: Info, title: "The timer's place is not cut back with the log",
		harm:  "a copy that is cut back after a partition and then promoted reads its timed messages from the wrong place: some come twice or not at all",
		first: "5.0.0", last: "5.3.1", fixed: "5.3.2", on: "controller", hits: timed,
	},
	{
		id: "10668", severity: Info, title: "The timer's log points behind the end of a log that was cut back",
		harm:  "after a cut the timer's log names places behind the end of the log; once other messages lie there it tries the same one for ever, and all timed messages stand still",
		first: "5.0.0", last: "5.5.0", on: "controller", hits: timed, source: "apache/rocketmq#10668, read in the source and not seen in a run",
	},
	{
		id: "7077", severity: Info, title: "A slave that corrects the progress of delayed messages by its own queue",
		harm:  "a slave that is behind sets the progress of delayed messages back: after its master is gone some are delivered again",
		first: "5.0.0", last: "5.1.3", fixed: "5.1.4", on: "single", hits: followed,
	},
	{
		id: "8875", severity: Info, title: "A slave's connection leaves a thread behind",
		harm:  "each time that a slave connects again a thread stays behind: after hundreds of them memory runs short",
		first: "5.0.0", last: "5.3.1", fixed: "5.3.2", leads: true, on: "single", hits: followed,
	},
	{
		id: "7412", severity: Info, title: "A POP whose time is renewed is not revived",
		harm:  "with clients of the fifth version's protocol, a renewed checkpoint lacks the broker's name: what is not acknowledged after that is not delivered again",
		first: "5.0.0", last: "5.1.4", fixed: "5.2.0", leads: true, on: "masters", hits: popped, also: []Change{localProxy},
	},
	{
		id: "8404", severity: Info, title: "A retry topic of an acting master that begins at the wrong place",
		harm:  "with clients of the fifth version's protocol, the first offset of a group's retry topic is wrong on an acting master: what waits there is not delivered again",
		first: "5.0.0", last: "5.3.0", fixed: "5.3.1", leads: true, on: "masters", also: []Change{localProxy, acting},
		hits: func(g *model.Group) bool { return popped(g) && escapes(g) },
	},
	{
		id: "9339", severity: Info, title: "A POP that a filter leaves nothing of does not move on",
		harm:  "with clients of the fifth version's protocol, a group whose filter matches nothing keeps its old offset and reads everything again after a restart",
		first: "5.0.0", last: "5.3.2", fixed: "5.3.3", leads: true, on: "masters", hits: popped, also: []Change{localProxy},
	},
	{
		id: "9627", severity: Warning, title: "A POP offset that is kept before its checkpoint",
		harm:  "with popConsumerKVServiceEnable the offset is written before the checkpoint: what was popped and not acknowledged when the broker was killed may not be delivered again",
		first: "5.3.2", last: "5.3.3", fixed: "5.3.4", leads: true, on: "masters", hits: on("popConsumerKVServiceEnable"), also: []Change{rocks},
	},
	{
		id: "10276", severity: Info, title: "A POP that is renewed to the same time is lost",
		harm:  "with popConsumerKVServiceEnable a renewal to the very time that was due already deletes the new entry: the message is not delivered again",
		first: "5.3.2", last: "5.5.0", leads: true, on: "masters", hits: on("popConsumerKVServiceEnable"), also: []Change{rocks},
	},
	{
		id: "7511", severity: Warning, title: "Light queues in which two messages get one offset",
		harm:  "with enableLmq the offset of a light queue is taken outside of the lock: two producers of one queue may be given the same offset",
		first: "5.0.0", last: "5.1.4", fixed: "5.2.0", leads: true, on: "masters", hits: on("enableLmq"),
		also: []Change{{"autoCreateTopicEnable=false\n", "autoCreateTopicEnable=false\n    enableLmq=true\n"}},
	},
}

// escapes says whether a slave that acts as master hands its timed messages to other groups.
func escapes(g *model.Group) bool {
	return g.Leader().Is("enableSlaveActingMaster") && g.Leader().Is("enableRemoteEscape")
}

// timed says whether a group whose logs are cut back keeps timed messages.
func timed(g *model.Group) bool { return controlled(g) && g.Leader().Is("timerWheelEnable") }

// followed says whether a static group has a slave.
func followed(g *model.Group) bool { return len(g.Slaves()) > 0 }
