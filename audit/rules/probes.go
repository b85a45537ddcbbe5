package rules

import (
	"path"
	"regexp"
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/node"
)

// probes: that Kubernetes knows whether a server works.
var probes = []Rule{
	{
		ID: "no-readiness", Severity: Warning, Title: "No readiness probe",
		Explain: "A pod without one counts as ready as soon as its process exists. A roll goes on to the next broker while this one " +
			"still recovers its store, so that both copies of a group are away together; and a budget counts it as available.",
		Source:  "Kubernetes docs: probes; StatefulSet, rolling updates",
		Example: Example{On: "controller", Sound: "readinessProbe: # brokers", Broken: "unknownProbe:"},
		check: func(r *run) {
			r.each(func(p *model.Process) {
				if (p.Role == keys.Broker || p.Role == keys.NameServer) && !p.Container.Value.Get("readinessProbe").Exists() && kubernetesOwn(p) {
					r.report(p.Workload.Object, p.Container.Value.Pos(), check(p.Role),
						"The %s has no readiness probe: it counts as ready while it still starts.", p.Role)
				}
			})
		},
	},
	{
		ID: "probe-port-alone", Severity: Warning, Title: "A probe that only opens a port",
		Explain: "The kernel accepts connections for a broker that hangs, whose disk is full or dead, and before its route is " +
			"registered. The pod is Ready all the time and takes no message.",
		Source:  "measured: Ready stayed true for a stopped process, a full disk and a dead disk",
		Example: Example{On: "controller", Sound: "exec: {command: [/tools/check, ready]} # brokers", Broken: "tcpSocket: {port: 10911}"},
		check: func(r *run) {
			r.role(keys.Broker, func(p *model.Process) {
				v := p.Container.Value.Get("readinessProbe")
				if v.Get("tcpSocket").Exists() {
					r.report(p.Workload.Object, v.Pos(), "readinessProbe: {exec: {command: [<a check that a message is acknowledged>]}}", "The readiness probe opens port %s only: a broker that hangs or whose disk is full stays Ready.", v.Get("tcpSocket", "port").Text())
				}
			})
		},
	},
	{
		ID: "probe-other-component", Severity: Warning, Title: "A probe of another component",
		Explain: "A probe that asks the NameServer says nothing about the broker, and its failure takes working brokers out of " +
			"service, or restarts all of them, when a NameServer is away.",
		Source:  "Kubernetes docs: liveness, readiness and startup probes",
		Example: Example{On: "static", Sound: "exec: {command: [/tools/check, ready]} # master a", Broken: "exec: {command: [sh, -c, 'nc -z nameserver 9876']}"},
		check:   probeElsewhere,
	},
	{
		ID: "probe-missing-tool", Severity: Warning, Title: "A probe with a tool that the image lacks",
		Explain: "The command is not found, so the probe always fails: a readiness probe keeps the pod out of service for ever, a " +
			"liveness probe restarts it for ever.",
		Source:  "apache/rocketmq-docker: the images' Dockerfiles",
		Example: Example{On: "static", Sound: "exec: {command: [/tools/check, ready]} # master a", Broken: "exec: {command: [sh, -c, 'nc -z 127.0.0.1 10911']}"},
		check:   probeTool,
	},
	{
		ID: "probe-matches-itself", Severity: Warning, Title: "A probe that finds itself",
		Explain: "pgrep -f looks at whole command lines, and that of the probe's own shell holds the pattern. The probe succeeds " +
			"with no server at all.",
		Source:  "pgrep(1), option -f",
		Example: Example{On: "static", Sound: "exec: {command: [/tools/check, live]} # master a", Broken: "exec: {command: [sh, -c, 'pgrep -f mqbroker']}"},
		check: func(r *run) {
			r.eachProbe(func(p *model.Process, name string, v node.Value, command string) {
				if found := selfMatch(command); found != "" {
					r.report(p.Workload.Object, v.Pos(), "a check of the server's own port with a real request, in place of a search for its name",
						"The %s searches all command lines for %q, and its own holds it: it succeeds without any server.", name, found)
				}
			})
		},
	},
	{
		ID: "liveness-kills-recovery", Severity: Warning, Title: "A liveness probe that ends a broker in recovery",
		Explain: "After a crash a broker first checks its commit log, for minutes when there is much of it, and answers nobody. A " +
			"liveness probe without a startup probe kills it in the middle, again and again.",
		Source:  "RocketMQ source: DefaultMessageStore.load, recover; measured: 29 to 38 s on a small store",
		Example: Example{On: "static", Sound: "failureThreshold: 300 # master a", Broken: "failureThreshold: 3"},
		check:   livenessKills,
	},
	{
		ID: "quorum-not-resolvable", Severity: Warning, Title: "Members of a quorum whose names appear only when they are ready",
		Explain: "A headless Service lists ready pods only, unless publishNotReadyAddresses is set. Members that must find one another " +
			"to become ready never do; and one that is not ready cannot be found by the others after an outage.",
		Source:  "Kubernetes docs: DNS for Services and Pods; Service, publishNotReadyAddresses",
		Example: Example{On: "dledger", Sound: "publishNotReadyAddresses: true # brokers", Broken: "publishNotReadyAddresses: false"},
		check:   quorumNames,
	},
}

// check is a readiness probe that says whether a server of the role works.
func check(role keys.Server) string {
	if role == keys.NameServer {
		return "readinessProbe: {exec: {command: [<a check that port 9876 answers with the brokers in it>]}}"
	}
	return "readinessProbe: {exec: {command: [<a check that a message is acknowledged>]}}"
}

// kubernetesOwn says whether the pod's spec is in the manifests: what the operator makes cannot be changed there.
func kubernetesOwn(p *model.Process) bool {
	return !strings.HasPrefix(p.Workload.Object.APIVersion, "rocketmq.apache.org/")
}

var probeNames = []string{"readinessProbe", "livenessProbe", "startupProbe"}

// eachProbe calls f for every exec probe of a server with its command as one text.
func (r *run) eachProbe(f func(p *model.Process, name string, v node.Value, command string)) {
	r.each(func(p *model.Process) {
		for _, name := range probeNames {
			v := p.Container.Value.Get(name)
			if words := v.Get("exec", "command").Texts(); len(words) > 0 {
				f(p, strings.TrimSuffix(name, "Probe")+" probe", v, strings.Join(words, " "))
			}
		}
	})
}

var word = regexp.MustCompile(`[A-Za-z0-9_.:/<>-]+`)

func probeElsewhere(r *run) {
	r.eachProbe(func(p *model.Process, name string, v node.Value, command string) {
		words := word.FindAllString(command, 200)
		for i, w := range words {
			w = strings.TrimPrefix(strings.TrimPrefix(w, "http://"), "/dev/tcp/")
			host, port, _ := strings.Cut(strings.SplitN(w, "/", 2)[0], ":")
			if port == "" && i+1 < len(words) {
				port = words[i+1]
			}
			if !strings.Contains(w, ".") && !strings.Contains(w, ":") && !isPort(port) {
				continue
			}
			a := r.Addresses(p.Workload, host+":"+port)
			if len(a) != 1 || a[0].Kind != model.ToPod && a[0].Kind != model.ToService || holds(a[0].Workloads, p.Workload) || len(a[0].Workloads) == 0 {
				continue
			}
			r.report(p.Workload.Object, v.Pos(), "a check of the "+string(p.Role)+" itself, on 127.0.0.1", "The %s of the %s asks %s, which is %s: it fails for a reason of others and not for its own.", name, p.Role, host, a[0].Workloads[0].Object)
		}
	})
}

func isPort(text string) bool {
	return len(text) >= 4 && len(text) <= 5 && strings.Trim(text, "0123456789") == ""
}

func holds(all []*model.Workload, w *model.Workload) bool {
	for _, each := range all {
		if each == w {
			return true
		}
	}
	return false
}

// lacking lists tools that no official image has. Those built on CentOS 7 have an nc that does not know -z; the
// later ones are built on Ubuntu with Java and have no nc at all.
var lacking = map[string]bool{
	"nslookup": true, "dig": true, "lsof": true, "jq": true, "python": true, "python3": true, "grpcurl": true,
	"grpc_health_probe": true, "nmap": true,
}

var firstWords = regexp.MustCompile(`(?:^|[;&|(]|\bif |\bthen |\bwhile |\b! |-l?e?c )\s*([A-Za-z0-9_.-]+)`)

func probeTool(r *run) {
	v52 := keys.Version{Major: 5, Minor: 2}
	r.eachProbe(func(p *model.Process, name string, v node.Value, command string) {
		if !p.Container.Image.Official() {
			return
		}
		for _, at := range firstWords.FindAllStringSubmatchIndex(command, 50) {
			tool, rest := command[at[2]:at[3]], strings.SplitN(command[at[3]:], ";", 2)[0]
			netcat := tool == "nc" || tool == "ncat" || tool == "netcat" || tool == "telnet"
			switch {
			case lacking[tool], netcat && p.Version().AtLeast(v52):
				r.report(p.Workload.Object, v.Pos(), "a check with what the image has, or with a binary from an init container", "The %s runs %s, which %s does not have: it always fails.", name, tool, p.Container.Image.Reference)
			case tool == "nc" && strings.Contains(rest, "-z"):
				r.report(p.Workload.Object, v.Pos(), "a check with what the image has, or with a binary from an init container", "The %s runs nc -z; %s has no nc that knows -z: it always fails.", name, p.Container.Image.Reference)
			}
		}
	})
}

var pgrep = regexp.MustCompile(`pgrep\s+(?:-\w+\s+)*-\w*f\w*\s+(?:-\w+\s+)*["']?([^"'\s|;&>]+)`)

// selfMatch returns the pattern of a search that its own shell satisfies. A bracket as in [m]qbroker avoids it; so
// does a search that is run without a shell, since pgrep leaves itself out.
func selfMatch(command string) string {
	found := pgrep.FindStringSubmatch(command)
	if found == nil || strings.Contains(found[1], "[") || !strings.Contains(command, " -c ") && !strings.Contains(command, " -lc ") {
		return ""
	}
	return found[1]
}

// recoveryBudget is the least that a broker gets between its start and the first kill, in seconds: half a minute
// for the virtual machine on a busy node, the rest for the last files of a commit log.
const recoveryBudget = 90

func livenessKills(r *run) {
	r.role(keys.Broker, func(p *model.Process) {
		v := p.Container.Value.Get("livenessProbe")
		if !v.Exists() || askless(v) {
			return
		}
		given := patience(v)
		if s := p.Container.Value.Get("startupProbe"); s.Exists() && !askless(s) { // one that asks nothing succeeds at once
			given = patience(s)
			v = s
		}
		if given < recoveryBudget {
			r.report(p.Workload.Object, v.Pos(), "startupProbe: {<as livenessProbe>, periodSeconds: 5, failureThreshold: 120}",
				"A broker that recovers its store is killed %d s after its start, and again each time.", given)
		}
	})
}

// local matches what a command runs that asks no server: it looks at files and processes, which are there during recovery.
var local = regexp.MustCompile(`^(test|\[\[?|cat|ls|stat|true|:|echo|exit|pgrep|pidof|ps|jps|find|grep|egrep|wc|awk|head|tail|kill|date)$`)

// between matches what stands between the commands of a shell, beside comments and redirections.
var (
	between = regexp.MustCompile(`[;&|\n]+|\$\(|\b(if|then|else|while|do)\b`)
	// shellOption is what stands before the script.
	shellOption = regexp.MustCompile(`^-[a-z]*c `)
	beside      = regexp.MustCompile(`(?m)(^|\s)#.*$|\d?[<>]+\s*&?\s*\S+`)
)

// askless says whether a probe runs nothing that asks the server.
func askless(v node.Value) bool {
	words := v.Get("exec", "command").Texts()
	if len(words) == 0 {
		return false
	}
	if shellNames[path.Base(words[0])] {
		words = words[1:]
	}
	text := shellOption.ReplaceAllString(strings.Join(words, " "), "")
	for _, command := range between.Split(beside.ReplaceAllString(text, "\n"), -1) {
		first := strings.Fields(strings.TrimLeft(command, " !({"))
		if len(first) > 0 && !local.MatchString(path.Base(strings.Trim(first[0], `"'`))) && first[0] != "fi" && first[0] != "done" {
			return false
		}
	}
	return !strings.Contains(text, "/dev/tcp/")
}

var shellNames = map[string]bool{"sh": true, "bash": true, "ash": true, "dash": true}

func patience(v node.Value) int {
	get := func(name string, fallback int) int {
		if n, ok := v.Get(name).Int(); ok {
			return n
		}
		return fallback
	}
	return get("initialDelaySeconds", 0) + get("periodSeconds", 10)*get("failureThreshold", 3)
}

func quorumNames(r *run) {
	r.each(func(p *model.Process) {
		i := p.Instances[0]
		list := i.Get("dLegerPeers").Value
		if !i.Is("enableDLegerCommitLog") {
			list = controllerList(i)
		}
		readiness := p.Container.Value.Get("readinessProbe")
		if list == "" || !readiness.Exists() {
			return
		}
		for _, peer := range peerHosts(list) {
			a := r.Addresses(p.Workload, peer)
			if len(a) == 1 && a[0].Kind == model.ToPod && a[0].Service != nil && !a[0].Service.PublishNotReady {
				r.report(a[0].Service.Object, a[0].Service.Object.Value.Get("spec").Pos(), "publishNotReadyAddresses: true",
					"The members of %s find one another through it, and it leaves out those that are not ready yet.", p.Workload.Object)
				return
			}
		}
	})
}
