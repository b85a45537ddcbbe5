package traffic

import (
	"github.com/apache/rocketmq-client-go/v2/primitive"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/payload"
)

// statusRolledBack is the status of a message whose transaction was rolled back by its producer.
const statusRolledBack = "ROLLED_BACK"

// transaction is a constant rate of messages in transactions. Most are committed at once; the seed decides which are rolled
// back, and which are left open until the broker asks.
var _ = register(agentapi.KindTransaction, func(r Run, t agentapi.Traffic, first uint32) Traffic {
	c := config{Traffic: t, run: r.ID, seed: r.Seed, first: first}
	return newSteady(c, r, func(name string) sender {
		return &libraryClient{clients: r.Clients, name: name, group: "rmqproof-transactions-" + r.ID, listener: endings{c}}
	})
})

// oneInEndings: of as many transactions one is left to the broker's question and committed, one is rolled back at once, one
// when the broker asks.
const oneInEndings = 12

// ending is how a transaction ends.
func (c config) ending(producer uint32, seq uint64) string {
	switch c.lot(producer, seq) {
	case 0:
		return history.Checked
	case 1, 2:
		return history.Rollback
	}
	return history.Commit
}

func (c config) lot(producer uint32, seq uint64) uint64 {
	return draw(c.seed, forEndings, uint64(producer), seq) % oneInEndings
}

// endings answers for the transactions of a run. Any of its producers may be asked for any of them.
type endings struct{ config }

// ExecuteLocalTransaction is asked by the library when a broker has stored the message.
func (e endings) ExecuteLocalTransaction(m *primitive.Message) primitive.LocalTransactionState {
	id, intact := payload.Decode(m.Body)
	if !intact || e.lot(id.Producer, id.Seq) < 2 { // left open
		return primitive.UnkonwnState
	}
	return e.end(id)
}

// CheckLocalTransaction is asked by a broker that was not told how a transaction ended.
func (e endings) CheckLocalTransaction(m *primitive.MessageExt) primitive.LocalTransactionState {
	id, intact := payload.Decode(m.Body)
	if !intact || id.Run != e.run {
		return primitive.UnkonwnState
	}
	return e.end(id)
}

func (e endings) end(id payload.ID) primitive.LocalTransactionState {
	if e.ending(id.Producer, id.Seq) == history.Rollback {
		return primitive.RollbackMessageState
	}
	return primitive.CommitMessageState
}
