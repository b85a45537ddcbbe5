package workload_test

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload"
	"github.com/rmqproof/rmqproof/workload/agent"
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

func startAgent(t *testing.T, nameServers string) (*agentProcess, *workload.Agent) {
	t.Helper()
	address := "127.0.0.1:" + itoa(javamq.FreePort(t))
	p := &agentProcess{t: t, address: address}
	p.environment = append(os.Environ(), "AGENT_LISTEN="+address, "AGENT_DATA="+t.TempDir(), "AGENT_NAMESRV="+nameServers)
	p.start()
	t.Cleanup(p.kill)
	return p, workload.NewAgent(workload.Direct{Base: "http://" + address})
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
		a, _ := javamq.StartBroker(t, javamq.Broker{Jars: jars, NameServer: nameServer, Group: "broker-a", Extra: []string{"flushDiskType=SYNC_FLUSH"}})
		_, _ = javamq.StartBroker(t, javamq.Broker{Jars: jars, NameServer: nameServer, Group: "broker-b", Extra: []string{"flushDiskType=SYNC_FLUSH"}})
		_, client := startAgent(t, nameServer)
		awaitMasters(t, client, 2)
		s := &workload.Steady{Agent: client, Consumer: true}
		path := filepath.Join(t.TempDir(), "h.rmqh")
		rec, err := history.Create(path)
		must(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
		defer cancel()
		must(t, s.Start(ctx, rec, history.Run{Version: history.Version, ID: "kill"}))
		t.Logf("clock error at most %s", s.ClockError())
		time.Sleep(8 * time.Second)
		before, err := s.Status(ctx)
		must(t, err)
		t.Logf("8 s: %+v", before)
		killed := s.Since(time.Now())
		a.Kill()
		time.Sleep(2 * time.Second)
		a.Start()
		time.Sleep(14 * time.Second)
		must(t, s.Stop(ctx))
		must(t, s.Scan(ctx))
		must(t, s.Finish(ctx))
		must(t, rec.Close())
		end, err := s.Status(ctx)
		must(t, err)
		t.Logf("end: %+v", end)
		checkNothingLost(t, path, killed)
	})
}

// checkNothingLost is an oracle of its own, simpler than the judge.
func checkNothingLost(t *testing.T, path string, killed time.Duration) {
	t.Helper()
	file, err := history.Open(path)
	must(t, err)
	type id struct {
		producer uint32
		seq      uint64
	}
	acked, attempted, found, delivered := map[id]*history.Send{}, map[id]bool{}, map[id]*history.Found{}, map[id]int{}
	counts := map[string]int{}
	var lastOK, resumed time.Duration
	for r, err := range file.Records() {
		must(t, err)
		counts[string(r.Kind())]++
		switch r := r.(type) {
		case *history.Send:
			attempted[id{r.Producer, r.Seq}] = true
			counts["send "+r.Status]++
			if r.Outcome == history.OK {
				acked[id{r.Producer, r.Seq}] = r
			}
		case *history.Found:
			if !r.Intact {
				t.Errorf("not intact: %+v", r)
			}
			if !attempted[id{r.Producer, r.Seq}] {
				t.Errorf("never attempted: %+v", r)
			}
			if found[id{r.Producer, r.Seq}] != nil {
				t.Errorf("twice: %+v", r)
			}
			found[id{r.Producer, r.Seq}] = r
		case *history.Scan:
			if !r.Complete {
				t.Errorf("incomplete: %+v %s", r, r.Extra["why"])
			}
			t.Logf("%+v", *r)
		case *history.Deliver:
			delivered[id{r.Producer, r.Seq}]++
			if r.Broker == "" {
				t.Errorf("no broker: %+v", r)
			}
		case *history.Probe:
			counts["probe "+r.Broker+" "+string(r.Extra["status"])]++
			if r.Broker == "broker-a" && r.Outcome == history.OK {
				if r.Start < killed {
					lastOK = r.Start
				} else if resumed == 0 && r.Start > killed+time.Second {
					resumed = r.End
				}
			}
		}
	}
	undelivered := 0
	for i, s := range acked {
		f := found[i]
		if f == nil {
			t.Errorf("LOST %+v", s)
			continue
		}
		if f.Offset != s.Offset || f.Queue != s.Queue || f.Broker != s.Broker {
			t.Errorf("acked %+v, found %+v", s, f)
		}
		if delivered[i] == 0 {
			undelivered++
		}
	}
	t.Logf("%d acked, %d attempted, %d found, undelivered %d; killed at %s, last probe ok %s, resumed %s", len(acked), len(attempted), len(found), undelivered, killed, lastOK, resumed)
	t.Logf("%v", counts)
	if undelivered > 0 {
		t.Errorf("%d acknowledged messages were not delivered", undelivered)
	}
}

func awaitMasters(t *testing.T, client *workload.Agent, n int) {
	t.Helper()
	for range 300 {
		brokers, err := client.Brokers(t.Context())
		ok := 0
		for _, b := range brokers {
			if b.Error == "" && b.ID == 0 {
				ok++
			}
		}
		if err == nil && ok == n {
			t.Logf("%+v", brokers)
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
