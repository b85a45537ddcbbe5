package traffic

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	rocketmq "github.com/apache/rocketmq-client-go/v2"
	"github.com/apache/rocketmq-client-go/v2/primitive"
	"github.com/apache/rocketmq-client-go/v2/producer"
	"github.com/apache/rocketmq-client-go/v2/rlog"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/cluster"
)

const (
	// recreateAfter failures in a row a client is replaced: it may hold a half-open connection for two minutes, or a
	// route that it renews every 30 s only.
	recreateAfter = 2
	// recreateEvery bounds how often: a client that is shut down leaves connections to the NameServers behind for a while.
	recreateEvery = time.Second
	// recreateTransacted is that of a producer of transactions, whose clients all live on.
	recreateTransacted = 10 * time.Second
	// sendWithin bounds a send, as the library's default does: a slower acknowledgement is unknown.
	sendWithin = 3 * time.Second
	// quietWithin without a byte read the library gives a connection up. Its heartbeats come every 30 s; what a replaced
	// client leaves behind ends after this.
	quietWithin = 40 * time.Second
	// noCompression is above every body: the library compresses large ones otherwise, and the scan is to see them as sent.
	noCompression = 1 << 30
)

// Clients makes clients of the library.
type Clients struct {
	Resolver  *cluster.Resolver
	Recreated *atomic.Int64 // counts the clients that were replaced
}

var prepareOnce sync.Once

// prepare sets what the library keeps in global variables.
func prepare() {
	prepareOnce.Do(func() {
		rlog.SetLogLevel("error")
		primitive.DefaultPanicHandler = func(v any) { slog.Error("the RocketMQ client library panicked", "panic", v) }
	})
}

// addresses gives the library what the NameServers resolve to now: it accepts addresses only, no names.
type addresses struct{ resolver *cluster.Resolver }

func (a addresses) Resolve() []string   { return a.resolver.Known() }
func (a addresses) Description() string { return "NameServers as they resolve now" }

// libraryClient is one producer's own client: two that shared one would share its lock on connecting.
type libraryClient struct {
	clients Clients
	name    string // unique in the process; each new client has a number too
	group   string // of producers

	listener     primitive.TransactionListener // says how transactions end; nil: messages are sent in none
	transactions rocketmq.TransactionProducer
	producer     rocketmq.Producer
	retired      []rocketmq.TransactionProducer
	made         time.Time
	number       int
	failures     int
}

func (c Clients) newSender(name string) sender {
	return &libraryClient{clients: c, name: name}
}

// send makes the client when it is first needed, and a new one after repeated failures.
func (l *libraryClient) send(ctx context.Context, m message) result {
	if l.failures >= recreateAfter && time.Since(l.made) >= l.every() {
		l.replace()
		l.clients.Recreated.Add(1)
	}
	if err := l.open(ctx); err != nil {
		return result{outcome: history.Failed, status: statusNoClient, offset: -1, detail: err.Error()}
	}
	msg := primitive.NewMessage(m.topic, m.body)
	msg.WithKeys([]string{m.key})
	if m.property[0] != "" {
		msg.WithProperty(m.property[0], m.property[1])
	}
	msg.Queue = &primitive.MessageQueue{Topic: m.topic, BrokerName: m.group, QueueId: m.queue}
	r := l.call(ctx, msg)
	l.failures++
	if r.outcome == history.OK {
		l.failures = 0
	}
	return r
}

// every bounds how often the client is replaced.
func (l *libraryClient) every() time.Duration {
	if l.listener != nil {
		return recreateTransacted
	}
	return recreateEvery
}

// replace makes room for a new client. A broker asks any connection of a group how a transaction ended, also one of a producer
// that was shut down, which does not answer: so that of transactions lives on, and answers.
func (l *libraryClient) replace() {
	if l.transactions == nil {
		l.close()
		return
	}
	l.retired = append(l.retired, l.transactions)
	l.transactions = nil
}

func (l *libraryClient) call(ctx context.Context, msg *primitive.Message) result {
	if l.listener == nil {
		return classify(l.producer.SendSync(ctx, msg))
	}
	res, err := l.transactions.SendMessageInTransaction(ctx, msg)
	if res == nil {
		return classify(nil, err)
	}
	return classify(res.SendResult, err)
}

func (l *libraryClient) open(ctx context.Context) error {
	if l.producer != nil || l.transactions != nil {
		return nil
	}
	prepare()
	l.clients.Resolver.Resolve(ctx)
	l.number++
	l.made, l.failures = time.Now(), 0
	return l.start([]producer.Option{
		producer.WithGroupName(l.group),
		producer.WithInstanceName(l.name + "-" + strconv.Itoa(l.number)),
		producer.WithNsResolver(addresses{l.clients.Resolver}),
		producer.WithQueueSelector(producer.NewManualQueueSelector()),
		producer.WithRetry(0), // retries are the producer's, each with an id of its own
		producer.WithSendMsgTimeout(sendWithin),
		producer.WithRemotingTimeout(sendWithin, quietWithin, sendWithin),
		producer.WithCreateTopicKey("rmqproof-no-default"), // a lost topic is to stay lost
		producer.WithCompressMsgBodyOverHowmuch(noCompression),
	})
}

// start makes and starts the library's producer.
func (l *libraryClient) start(options []producer.Option) (err error) {
	var made interface{ Start() error }
	if l.listener != nil {
		l.transactions, err = rocketmq.NewTransactionProducer(l.listener, options...)
		made = l.transactions
	} else {
		l.producer, err = rocketmq.NewProducer(options...)
		made = l.producer
	}
	if err != nil {
		err = fmt.Errorf("make a client: %w", err)
	} else if err = made.Start(); err != nil {
		err = fmt.Errorf("start a client: %w", err)
	}
	if err != nil {
		l.producer, l.transactions = nil, nil
	}
	return err
}

func (l *libraryClient) close() {
	if l.producer != nil {
		l.warn(l.producer.Shutdown())
	}
	if l.transactions != nil {
		l.retired = append(l.retired, l.transactions)
	}
	for _, t := range l.retired {
		l.warn(t.Shutdown())
	}
	l.producer, l.transactions, l.retired = nil, nil, nil
}

// warn says what went wrong at the end of a client, which nobody can help.
func (l *libraryClient) warn(err error) {
	if err != nil {
		slog.Warn("shutting a client down", "client", l.name, "error", err)
	}
}
