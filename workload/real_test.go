package workload_test

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/workload"
	"github.com/rmqproof/rmqproof/workload/agent"
	"github.com/rmqproof/rmqproof/workload/agentapi"
	"github.com/rmqproof/rmqproof/workload/internal/javamq"
)

// TestMain is the agent's process where a test starts this binary as one.
func TestMain(m *testing.M) {
	if listen := os.Getenv("AGENT_LISTEN"); listen != "" {
		agent.Tune()
		a, err := agent.New(os.Getenv("AGENT_DATA"), os.Getenv("AGENT_NAMESRV"))
		if err != nil {
			panic(err)
		}
		panic(http.ListenAndServe(listen, a.Handler(context.Background())))
	}
	os.Exit(m.Run())
}

// agentProcess is an agent in a process of its own, so that its CPU time can be measured and it can be killed.
type agentProcess struct {
	t           *testing.T
	environment []string
	address     string
	cmd         *exec.Cmd
}

func startAgent(t *testing.T, nameServers string) (*agentProcess, *agentapi.Agent) {
	t.Helper()
	address := "127.0.0.1:" + itoa(javamq.FreePort(t))
	p := &agentProcess{t: t, address: address}
	p.environment = append(os.Environ(), "AGENT_LISTEN="+address, "AGENT_DATA="+t.TempDir(), "AGENT_NAMESRV="+nameServers)
	p.start()
	t.Cleanup(p.kill)
	return p, agentapi.NewAgent(direct{Base: "http://" + address})
}

func (p *agentProcess) start() {
	p.t.Helper()
	p.cmd = exec.Command(os.Args[0])
	p.cmd.Env, p.cmd.Stderr, p.cmd.Stdout = p.environment, os.Stderr, os.Stderr
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	javamq.WaitListening(p.t, p.address)
}

func (p *agentProcess) kill() {
	if p.cmd != nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		p.cmd = nil
	}
}

func TestRealLoadThroughBrokerKill(t *testing.T) {
	javamq.EachVersion(t, func(t *testing.T, jars string) {
		_, nameServer := javamq.NameServer(t, jars)
		a, address := javamq.StartBroker(t, javamq.Broker{Jars: jars, NameServer: nameServer, Group: "broker-a", Extra: []string{"flushDiskType=SYNC_FLUSH"}})
		_, _ = javamq.StartBroker(t, javamq.Broker{Jars: jars, NameServer: nameServer, Group: "broker-b", Extra: []string{"flushDiskType=SYNC_FLUSH"}})
		_, client := startAgent(t, nameServer)
		awaitMasters(t, client, 2)
		s := &workload.Load{Agent: client, Traffics: []agentapi.Traffic{{Consumer: true}}}
		ctx, rec, path := begin(t, s, "kill")
		before := until(ctx, t, s, func(st agentapi.RunStatus) bool { return st.Acked >= 1500 })
		killed := s.Since(time.Now())
		a.Kill()
		until(ctx, t, s, func(st agentapi.RunStatus) bool { return st.Failed+st.Unknown >= before.Failed+before.Unknown+5 })
		middle := s.Since(time.Now())
		a.Start()
		javamq.WaitListening(t, address)
		listening := s.Since(time.Now())
		after, err := s.Status(ctx)
		must(t, err)
		until(ctx, t, s, func(st agentapi.RunStatus) bool { return st.Acked >= after.Acked+1500 })
		must(t, s.Stop(ctx))
		must(t, s.Scan(ctx))
		must(t, s.Finish(ctx))
		must(t, rec.Close())
		sum := summarise(t, path)
		from, to := sum.outage("broker-a", middle)
		t.Logf("clock error at most %s; processor time %.1f%% of one core before the kill", s.ClockError(), 100*before.CPUSeconds/before.LoadSeconds)
		t.Logf("killed at %s, listening again at %s; probes saw %s to %s", killed, listening, from, to)
		t.Log(sum)
		if len(sum.wrong) > 0 {
			t.Errorf("%v", sum.wrong)
		}
		if from > killed || to < middle {
			t.Errorf("the outage from %s on was measured from %s to %s", killed, from, to)
		}
		for i := range sum.acked {
			if sum.delivered[i] == 0 {
				t.Errorf("%+v was never delivered", i)
			}
		}
	})
}

func awaitMasters(t *testing.T, client *agentapi.Agent, n int) {
	t.Helper()
	for range 1500 {
		brokers, err := client.Brokers(t.Context())
		ok := 0
		for _, b := range brokers {
			if b.Error == "" && b.ID == 0 {
				ok++
			}
		}
		if err == nil && ok == n {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Fatal("masters never registered")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func itoa(n int) string {
	const digits = "0123456789"
	if n < 10 {
		return digits[n : n+1]
	}
	return itoa(n/10) + digits[n%10:n%10+1]
}
