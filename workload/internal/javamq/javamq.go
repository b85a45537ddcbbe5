// Package javamq runs real RocketMQ processes on the loopback interface for tests. It needs Java 17 and a folder of
// RocketMQ's jars: those that building an image left in the cache, or what the environment variable RMQPROOF_JARS names.
package javamq

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/internal/cache"
)

// JarsVariable names the folders of jars, one per version, joined by a colon; "all" means every version in the cache.
// Where it is not set, the tests run with the oldest version in the cache.
const JarsVariable = "RMQPROOF_JARS"

// javaFlags let RocketMQ's reflection work on Java 17, and keep the heap small. Each thread of a broker that stores takes a buffer
// of 4 MiB and more of direct memory: with 128 MiB those for timers, levels and transactions found none left, and lost messages.
var javaFlags = []string{
	"-Xms192m", "-Xmx192m", "-Xmn64m", "-XX:MaxDirectMemorySize=384m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
	"--add-exports=java.base/sun.nio.ch=ALL-UNNAMED", "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
	"--add-opens=java.base/java.nio=ALL-UNNAMED", "--add-opens=java.base/java.util=ALL-UNNAMED",
}

// EachVersion runs a test once per folder of jars, and skips it where none is named.
func EachVersion(t *testing.T, test func(t *testing.T, jars string)) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs Java processes: left out by -short")
	}
	if _, err := exec.LookPath("java"); err != nil {
		t.Skipf("needs Java 17: %v", err)
	}
	folders := jarFolders(t)
	if len(folders) == 0 {
		t.Skipf("needs RocketMQ's jars: build its image from packages first, or set %s to a folder of them", JarsVariable)
	}
	for _, jars := range folders {
		t.Run(filepath.Base(jars), func(t *testing.T) { test(t, jars) })
	}
}

func jarFolders(t *testing.T) []string {
	t.Helper()
	named := os.Getenv(JarsVariable)
	if named != "" && named != "all" {
		return filepath.SplitList(named)
	}
	dir, err := cache.Dir()
	if err != nil {
		t.Skip(err)
	}
	cached, err := filepath.Glob(filepath.Join(dir, "images", "jars-*"))
	if err != nil {
		t.Fatal(err)
	}
	cached = slices.DeleteFunc(cached, func(path string) bool {
		info, err := os.Stat(path)
		return err != nil || !info.IsDir()
	})
	if named == "" && len(cached) > 1 {
		cached = cached[:1]
	}
	return cached
}

// Process is one Java process.
type Process struct {
	t    *testing.T
	args []string
	dir  string
	name string
	cmd  *exec.Cmd
}

func start(t *testing.T, p *Process) *Process {
	t.Helper()
	p.t = t
	p.Start()
	t.Cleanup(func() {
		p.Kill()
		p.lastWords()
	})
	return p
}

// lastWords logs the end of what a process printed where its test failed: one that could not start says why there.
func (p *Process) lastWords() {
	if !p.t.Failed() {
		return
	}
	said, err := os.ReadFile(filepath.Join(p.dir, p.name+".log"))
	p.t.Logf("%s printed at its end (%v):\n%s", p.name, err, said[max(0, len(said)-2000):])
}

// Start runs the process, again after Kill.
func (p *Process) Start() {
	p.t.Helper()
	log, err := os.OpenFile(filepath.Join(p.dir, p.name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		p.t.Fatal(err)
	}
	defer log.Close()
	p.cmd = exec.Command("java", p.args...)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.Env = append(os.Environ(), "HOME="+p.dir, "ROCKETMQ_HOME="+p.dir)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
}

// Kill ends the process as a power cut of the process would: no shutdown hook runs.
func (p *Process) Kill() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill() // it may have ended by itself
	_ = p.cmd.Wait()         // the signal is its outcome
	p.cmd = nil
}

// Signal sends a signal, e.g. SIGSTOP for a process that hangs with its connections open.
func (p *Process) Signal(s syscall.Signal) {
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// NameServer starts a NameServer and returns it with its address, once it listens. More lines may be added to its
// configuration.
func NameServer(t *testing.T, jars string, extra ...string) (*Process, string) {
	t.Helper()
	dir, port := t.TempDir(), FreePort(t)
	lines := append([]string{fmt.Sprintf("listenPort=%d", port), "kvConfigPath=" + dir + "/kv.json", "controllerStorePath=" + dir + "/controller"}, extra...)
	conf := write(t, dir, "namesrv.conf", strings.Join(lines, "\n")+"\n")
	args := append(append([]string{}, javaFlags...), "-Duser.home="+dir, "-cp", jars+"/*", "org.apache.rocketmq.namesrv.NamesrvStartup", "-c", conf)
	p := start(t, &Process{args: args, dir: dir, name: "namesrv"})
	address := fmt.Sprintf("127.0.0.1:%d", port)
	WaitListening(t, address)
	return p, address
}

// patience keeps a broker from turning requests away, and from giving up on its slave or its disk, because a busy machine lets
// them wait: by default a send that waits for 0.2 s is refused. A test that wants such an answer asks for it.
var patience = []string{
	"brokerFastFailureEnable=false", "osPageCacheBusyTimeOutMills=120000", "slaveTimeout=30000", "syncFlushTimeout=30000",
}

// Broker is what a broker's configuration needs.
type Broker struct {
	Jars, NameServer, Group string
	ID                      int
	HAPort                  int // where a master listens for its slaves; 0: any free port
	Extra                   []string
}

// StartBroker starts a broker and returns it with its address, once it listens.
func StartBroker(t *testing.T, b Broker) (*Process, string) {
	t.Helper()
	dir, port := t.TempDir(), FreePort(t)
	if b.HAPort == 0 {
		b.HAPort = FreePort(t)
	}
	lines := slices.Concat([]string{
		"brokerClusterName=test", "brokerName=" + b.Group, fmt.Sprintf("brokerId=%d", b.ID), "namesrvAddr=" + b.NameServer,
		"brokerIP1=127.0.0.1", "brokerIP2=127.0.0.1", fmt.Sprintf("listenPort=%d", port), fmt.Sprintf("haListenPort=%d", b.HAPort),
		fmt.Sprintf("fastListenPort=%d", FreePort(t)), "storePathRootDir=" + dir + "/store", "storePathCommitLog=" + dir + "/store/commitlog",
		"mappedFileSizeCommitLog=16777216", "autoCreateTopicEnable=false", "timerWheelEnable=false",
	}, patience, b.Extra)
	conf := write(t, dir, "broker.conf", strings.Join(lines, "\n")+"\n")
	args := append(append([]string{}, javaFlags...), "-Duser.home="+dir, "-cp", b.Jars+"/*", "org.apache.rocketmq.broker.BrokerStartup", "-c", conf)
	p := start(t, &Process{args: args, dir: dir, name: "broker"})
	address := fmt.Sprintf("127.0.0.1:%d", port)
	WaitListening(t, address)
	return p, address
}

func write(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// WaitListening waits until an address accepts connections.
func WaitListening(t *testing.T, address string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	var d net.Dialer
	for {
		conn, err := d.DialContext(ctx, "tcp", address)
		if err == nil {
			conn.Close()
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("nothing listens on %s: %v", address, err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
