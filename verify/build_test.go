package verify

import (
	"fmt"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

const ms1 = time.Millisecond

// cleanRun is a run without fault: two groups with a slave each, two queues, three producers, one consumer group.
func cleanRun() history.Slice {
	h := history.Slice{&history.Run{Version: 1, ID: "clean", Ordered: []string{"t"}, Promise: []byte(`{"copies":2}`)}}
	ends := map[queueID]int64{}
	logs := map[queueID][]*history.Send{}
	for i := range 600 {
		at := time.Duration(i) * 100 * ms1
		p, n := uint32(i%3), uint64(i/3)
		q := queueOf("t", []string{"broker-a", "broker-b"}[i%2], int32(i/2%2))
		s := &history.Send{Producer: p, Seq: n, Topic: "t", Key: string(rune('a' + i%4)), Intended: at, Start: at, End: at + 2*ms1, Outcome: history.OK,
			Status: "SEND_OK", Broker: q.Broker, Queue: q.Number, Offset: ends[q]}
		ends[q]++
		logs[q] = append(logs[q], s)
		h = append(h, s, &history.Probe{Broker: "broker-a", Start: at, End: at + ms1, Outcome: history.OK},
			&history.Probe{Broker: "broker-b", Start: at, End: at + ms1, Outcome: history.OK},
			&history.Deliver{Group: "g", Topic: "t", Broker: q.Broker, Queue: q.Number, Offset: s.Offset, Producer: p, Seq: n, Attempt: 1, Start: at + 3*ms1})
	}
	for _, group := range []string{"broker-a", "broker-b"} {
		h = append(h, &history.Change{At: time.Second, Broker: group, Process: group, Address: group, Role: "master", Writable: true, By: group})
	}
	h = append(h, &history.Span{Name: "before", Phase: history.Before, End: 20 * time.Second},
		&history.Span{Name: "kill master", Phase: history.Fault, Target: "broker-a", Start: 20 * time.Second, End: 40 * time.Second, Confirmed: true},
		&history.Span{Name: "after", Phase: history.After, Start: 40 * time.Second, End: 60 * time.Second})
	for _, q := range []queueID{queueOf("t", "broker-a", 0), queueOf("t", "broker-a", 1), queueOf("t", "broker-b", 0), queueOf("t", "broker-b", 1)} {
		for id := range 2 {
			replica := fmt.Sprintf("%s/%d", q.Broker, id)
			for _, s := range logs[q] {
				h = append(h, &history.Found{Replica: replica, Topic: "t", Broker: q.Broker, Queue: q.Number, Offset: s.Offset, Producer: s.Producer, Seq: s.Seq, Intact: true})
			}
			h = append(h, &history.Scan{Replica: replica, Master: id == 0, Topic: "t", Broker: q.Broker, Queue: q.Number, Max: ends[q], Complete: true, End: 70 * time.Second})
		}
	}
	return h
}
