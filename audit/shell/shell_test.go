package shell

import (
	"strings"
	"testing"
)

// server returns the one server that a start command runs.
func server(t *testing.T, trace Trace) Command {
	t.Helper()
	for _, c := range trace.Commands {
		if line := strings.Join(c.Args, " "); strings.Contains(line, "mqbroker") || strings.Contains(line, "java") {
			return c
		}
	}
	t.Fatalf("no server in %+v", trace)
	return Command{}
}

func follow(script string, env map[string]string, files map[string]string) Trace {
	if env == nil {
		env = map[string]string{}
	}
	if env["HOSTNAME"] == "" {
		env["HOSTNAME"] = "broker-2"
	}
	return Follow([]string{"/bin/bash", "-c", script}, World{Env: env, Complete: true, Dir: "/home",
		File: func(name string) (string, bool) { text, ok := files[name]; return text, ok }})
}

func TestFilesThatTheServerReads(t *testing.T) {
	conf := map[string]string{"/cm/broker.conf": "brokerName=broker-${INDEX}\nbrokerId=@ID@\nrole=x\n"}
	for name, c := range map[string]struct{ script, want string }{
		"here-document": {"cat > /tmp/b.conf <<EOF\nbrokerName=b-${HOSTNAME##*-}\nbrokerId=$((${HOSTNAME##*-}+1))\nEOF\nexec sh mqbroker -c /tmp/b.conf", "brokerName=b-2\nbrokerId=3\n"},
		"quoted":        {"cat > /tmp/b.conf <<'EOF'\na=$X\nEOF\nsh mqbroker -c /tmp/b.conf", "a=$X\n"},
		"sed":           {"sed -e \"s/@ID@/${HOSTNAME##*-}/\" -e 's|^role=.*|role=y|' -e '/brokerName/d' /cm/broker.conf > /tmp/b.conf; sh mqbroker -c /tmp/b.conf", "brokerId=2\nrole=y\n"},
		"sed in place":  {"cp /cm/broker.conf /tmp/b.conf; sed -i -E 's/@(ID)@/7/g' /tmp/b.conf; sh mqbroker -c /tmp/b.conf", "brokerName=broker-${INDEX}\nbrokerId=7\nrole=x\n"},
		"envsubst":      {"export INDEX=$(echo $HOSTNAME | awk -F- '{print $NF}'); envsubst < /cm/broker.conf > /tmp/b.conf; sh mqbroker -c /tmp/b.conf", "brokerName=broker-2\nbrokerId=@ID@\nrole=x\n"},
		"append":        {"cp /cm/broker.conf /tmp/b.conf; echo \"\" >> /tmp/b.conf; echo brokerId=4 >> /tmp/b.conf; sh mqbroker -c /tmp/b.conf", "brokerName=broker-${INDEX}\nbrokerId=@ID@\nrole=x\n\nbrokerId=4\n"},
		"condition":     {"id=${HOSTNAME##*-}; if [ \"$id\" -eq 0 ]; then r=SYNC_MASTER; else r=SLAVE; fi; printf 'brokerRole=%s\\n' $r > /tmp/b.conf; sh mqbroker -c /tmp/b.conf", "brokerRole=SLAVE\n"},
		"match":         {"[[ $HOSTNAME =~ -([0-9]+)$ ]] || exit 1\necho brokerId=${BASH_REMATCH[1]} | tee /tmp/b.conf\nsh mqbroker -c /tmp/b.conf", "brokerId=2\n"},
		"function":      {"conf() { echo \"$1=$2\" >> /tmp/b.conf; }\nconf a 1; conf b 2\nsh mqbroker -c /tmp/b.conf", "a=1\nb=2\n"},
		"case":          {"case $HOSTNAME in *-0) r=M;; *-[12]) r=S;; esac; echo r=$r > /tmp/b.conf; sh mqbroker -c /tmp/b.conf", "r=S\n"},
	} {
		got := server(t, follow(c.script, nil, conf))
		if got.Files["/tmp/b.conf"] != c.want {
			t.Errorf("%s: %q, want %q", name, got.Files["/tmp/b.conf"], c.want)
		}
	}
}

func TestUnknownStaysUnknown(t *testing.T) {
	for name, script := range map[string]string{
		"output of a program": "ID=$(curl -s http://meta/id)\necho brokerId=$ID > /tmp/b.conf; sh mqbroker",
		"condition":           "if curl -sf http://x; then ID=1; else ID=2; fi; echo brokerId=$ID > /tmp/b.conf; sh mqbroker",
		"and":                 "ID=0; curl -sf http://x && ID=1; echo brokerId=$ID > /tmp/b.conf; sh mqbroker",
		"missing file":        "cat /none > /tmp/b.conf; sh mqbroker",
	} {
		if text := server(t, follow(script, nil, nil)).Files["/tmp/b.conf"]; Known(text) {
			t.Errorf("%s: %q was taken for known", name, text)
		}
	}
}

func TestOnlyTheUncertainLineIsUnknown(t *testing.T) {
	script := "echo a=1 > /tmp/b.conf; echo b=2 >> /tmp/b.conf\nif curl x; then sed -i s/b=2/b=3/ /tmp/b.conf; fi\nsh mqbroker"
	text := server(t, follow(script, nil, nil)).Files["/tmp/b.conf"]
	if !strings.HasPrefix(text, "a=1\nb=") || Known(text) {
		t.Errorf("%q", Show(text))
	}
}

func TestProcesses(t *testing.T) {
	for name, c := range map[string]struct {
		argv   []string
		above  string
		idle   bool
		behind bool
	}{
		"direct":     {[]string{"sh", "mqbroker"}, "", false, false},
		"single":     {[]string{"sh", "-c", "java -cp x Main"}, "", false, false},
		"after cd":   {[]string{"sh", "-c", "cd /x; java Main"}, "sh", false, false},
		"exec":       {[]string{"sh", "-ec", "cd /x\nexec java Main"}, "", false, false},
		"tini":       {[]string{"tini", "-g", "--", "sh", "mqbroker"}, "tini -g", false, false},
		"background": {[]string{"sh", "-c", "nohup bin/mqbroker > /dev/null 2>&1 &\nsleep 2\ntail -f /dev/null"}, "sh", true, true},
		"loop":       {[]string{"sh", "-c", "bin/mqbroker & while true; do sleep 60; done"}, "sh", true, true},
		"env":        {[]string{"env", "A=1", "bash", "-c", "exec nohup java Main"}, "", false, false},
	} {
		trace := Follow(c.argv, World{Complete: true})
		got := server(t, trace)
		if strings.Join(got.Above, " ") != c.above || (trace.Idle != "") != c.idle || got.Background != c.behind {
			t.Errorf("%s: above %v, idle %q, background %t", name, got.Above, trace.Idle, got.Background)
		}
	}
}

func TestWaitingLoopsAreLeft(t *testing.T) {
	got := server(t, follow("until nc -z ns 9876; do sleep 1; done\nexec sh mqbroker -n a:1", nil, nil))
	if strings.Join(got.Args, " ") != "mqbroker -n a:1" || got.Maybe {
		t.Errorf("%+v", got)
	}
}

func TestScriptsFromAConfigMap(t *testing.T) {
	files := map[string]string{"/scripts/start.sh": "export NAMESRV_ADDR=${1:-none}\nexec sh mqbroker -c /x\n"}
	trace := Follow([]string{"sh", "/scripts/start.sh", "ns:9876"}, World{Complete: true,
		File: func(name string) (string, bool) { text, ok := files[name]; return text, ok }})
	if got := server(t, trace); got.Env["NAMESRV_ADDR"] != "ns:9876" {
		t.Errorf("%+v", got)
	}
}

func TestHostileScriptsEnd(t *testing.T) {
	for name, script := range map[string]string{
		"doubling": "x=aaaaaaaa\nfor i in 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0; do x=$x$x; done\necho $x > /a; mqbroker",
		"endless":  "f() { f; f; }; f; while :; do :; done",
		"nested":   strings.Repeat("(", 30000) + strings.Repeat(")", 30000),
		"braces":   "echo {1..1000000000}",
		"if":       strings.Repeat("if ", 20000),
		"files":    strings.Repeat("echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa >> /a; cat /a /a >> /a\n", 100),
		"printf":   "printf '%s%s%s%s%s%s%s' $(printf '%s%s' $(echo a a a a a a))",
	} {
		trace := follow(script, nil, nil)
		if len(trace.Commands) > 500 || trace.Steps > 2*maxSteps {
			t.Errorf("%s: %d commands, %d steps", name, len(trace.Commands), trace.Steps)
		}
	}
}

func FuzzFollow(f *testing.F) {
	f.Add("cat > a <<EOF\n$X ${Y##*-}\nEOF\nsed -i 's/a\\(b\\)/\\1&/g;/x/d' a; exec sh mqbroker -c a")
	f.Add("if [ -z \"$A\" -o ! b ]; then a=$((1+2%0)); fi; case $a in *[!x]) ;; esac")
	f.Add("x=${a:0:-1}${b//\\/x}; f(){ f|f; }; f & wait; eval \"$x\"; for i in $@; do trap x TERM; done")
	f.Fuzz(func(t *testing.T, script string) {
		trace := follow(script, map[string]string{"A": "b-0"}, map[string]string{"/f": script})
		if trace.Steps > 2*maxSteps {
			t.Fatalf("%d steps", trace.Steps)
		}
	})
}
