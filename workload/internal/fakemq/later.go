package fakemq

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/workload/remoting"
)

// asksAfter is how long the broker waits for the end of a transaction before it asks.
const asksAfter = 100 * time.Millisecond

// askOpen asks the producer of a message how its transaction ends where that is open.
func (b *Broker) askOpen(cmd *remoting.Command) *remoting.Command {
	if !strings.Contains(cmd.ExtFields["i"]+cmd.ExtFields["properties"], "TRAN_MSG\x01true") {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for n := range b.half {
		if h := &b.half[n]; !h.ended && bytes.Equal(h.m.Body, cmd.Body) {
			place := strconv.Itoa(n)
			return &remoting.Command{Code: 39, Body: Encode(h.at.topic, int32(h.at.queue), 0, h.m), ExtFields: map[string]string{
				"tranStateTableOffset": place, "commitLogOffset": place, "msgId": "m", "transactionId": "t", "offsetMsgId": "o"}}
		}
	}
	return nil
}

// half is a message of a transaction that is open.
type half struct {
	at    queueKey
	m     Message
	ended bool
}

// fakeLevels are the first delays of messageDelayLevel's default.
var fakeLevels = []time.Duration{0, time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second}

// keepApart stores a message for later, and tells whether it is one of these.
func (b *Broker) keepApart(at queueKey, m Message) bool {
	properties := map[string]string{}
	for p := range strings.SplitSeq(m.Properties, "\x02") {
		name, value, _ := strings.Cut(p, "\x01")
		properties[name] = value
	}
	if level, err := strconv.Atoi(properties["DELAY"]); err == nil && level > 0 {
		b.after(fakeLevels[min(level, len(fakeLevels)-1)], at, m)
		return true
	}
	if ms, err := strconv.ParseInt(properties["TIMER_DELIVER_MS"], 10, 64); err == nil {
		b.after(time.Until(time.UnixMilli(ms)), at, m)
		return true
	}
	if properties["TRAN_MSG"] == "true" {
		b.half = append(b.half, half{at: at, m: m})
		return true
	}
	return false
}

// after stores a message when its time has come.
func (b *Broker) after(d time.Duration, at queueKey, m Message) {
	b.delayed = append(b.delayed, d)
	time.AfterFunc(d, func() { b.Store(at.topic, at.queue, m) })
}

// Delayed is for how long each message was kept that was for later.
func (b *Broker) Delayed() []time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.delayed)
}

// endTransaction commits, rolls back, or leaves open.
func (b *Broker) endTransaction(f map[string]string) *remoting.Command {
	const commit, rollback = "8", "12"
	n, err := strconv.Atoi(f["tranStateTableOffset"])
	if err != nil || n >= len(b.half) {
		return failure(remoting.SystemError, "no such transaction")
	}
	h := &b.half[n]
	how := f["commitOrRollback"]
	if how == commit && !h.ended {
		b.topics[h.at.topic][h.at.queue] = append(b.topics[h.at.topic][h.at.queue], h.m)
	}
	h.ended = h.ended || how == commit || how == rollback
	return &remoting.Command{}
}
