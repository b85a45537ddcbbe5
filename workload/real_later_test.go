package workload_test

import (
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/workload"
	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/internal/javamq"
)

// TestRealMessagesThatComeLater sends delayed, timed and transactional messages to a real broker: each acknowledged one comes
// once and is delivered, and none that was rolled back does.
func TestRealMessagesThatComeLater(t *testing.T) {
	javamq.EachVersion(t, func(t *testing.T, jars string) {
		_, nameServer := javamq.NameServer(t, jars)
		javamq.StartBroker(t, javamq.Broker{Jars: jars, NameServer: nameServer, Group: "broker-a", Extra: []string{
			"timerWheelEnable=true", "mappedFileSizeTimerLog=10485760",
			// A broker writes down up to 6 s later that a transaction has ended, and by default asks about it, and stores it again, after as long.
			"transactionTimeOut=20000", "transactionCheckInterval=5000"}})
		_, client := startAgent(t, nameServer)
		awaitMasters(t, client, 1)
		s := &workload.Load{Agent: client, NoProbe: true, Traffics: []agentapi.Traffic{
			{Kind: agentapi.KindDelay, Rate: 20}, {Kind: agentapi.KindTimer, Rate: 20}, {Kind: agentapi.KindTransaction, Rate: 20}}}
		ctx, rec, path := begin(t, s, "later")
		until(ctx, t, s, func(st agentapi.RunStatus) bool { return st.Acked >= 300 })
		must(t, s.Stop(ctx))
		must(t, s.Scan(ctx))
		must(t, s.Finish(ctx))
		must(t, rec.Close())
		sum := summarise(t, path)
		t.Logf("%s; %d delayed, late by %s on the average", sum, len(sum.due), sum.late/time.Duration(max(1, len(sum.due))))
		if len(sum.wrong) > 0 {
			t.Errorf("%v", sum.wrong)
		}
		for i := range sum.acked {
			if sum.delivered[i] == 0 {
				t.Errorf("%+v was never delivered", *sum.acked[i])
			}
		}
	})
}
