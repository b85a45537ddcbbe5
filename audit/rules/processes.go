package rules

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
)

// processes: that Kubernetes can start, watch and end the server.
var processes = []Rule{
	{
		ID: "shell-hides-crash", Severity: Warning, Title: "A shell that stays alive whatever happens to the server",
		Explain: "With the server in the background and tail -f /dev/null in front, the container lives on when the server has ended: " +
			"Kubernetes never restarts it, and the pod looks healthy. What it printed on the way is lost as well.",
		Source:  "Kubernetes docs: pod lifecycle, container restarts",
		Example: Example{On: "static", Sound: startMasterA, Broken: "command: [sh, -c, 'nohup sh mqbroker -c /etc/rocketmq/broker.conf > /dev/null 2>&1 & tail -f /dev/null']"},
		check: func(r *run) {
			r.each(func(p *model.Process) {
				if i := p.Instances[0]; i.Command.Background && i.Trace.Idle != "" {
					r.report(p.Workload.Object, commandPos(p), "exec the server as the last line of the script, in the foreground", "The %s runs in the background of a shell that waits with %q: when it ends, nobody notices.", p.Role, i.Trace.Idle)
				}
			})
		},
	},
	{
		ID: "sigterm-swallowed", Severity: Warning, Title: "A broker that is never told to end",
		Explain: "The first process of a container ignores SIGTERM unless it handles it, and a shell does not pass it on. RocketMQ's own " +
			"start scripts run java below two shells. The broker serves on until it is killed: each roll and drain waits for the " +
			"whole grace period and ends in a crash, with a recovery of the store after it.",
		Source:  "apache/rocketmq-docker#123; distribution/bin/mqbroker and runbroker.sh (no exec)",
		Example: Example{On: "static", Sound: "lifecycle: {preStop: {exec: {command: [sh, mqshutdown, broker]}}} # master a", Broken: "stdin: false"},
		check: func(r *run) {
			r.role(keys.Broker, func(p *model.Process) {
				if i := p.Instances[0]; !i.Guessed && kubernetesOwn(p) && swallows(p, i) {
					r.report(p.Workload.Object, commandPos(p), "lifecycle: {preStop: {exec: {command: [sh, mqshutdown, broker]}}}\nor exec java itself",
						"SIGTERM ends at a shell (%s): the broker serves on and is killed after the grace period, at every roll and drain.", strings.Join(chain(i), " > "))
				}
			})
		},
	},
	{
		ID: "grace-too-short", Severity: Warning, Title: "Too little time to end",
		Explain: "A broker that ends in order waits for sends, writes its pages to the disk, saves offsets and leaves the " +
			"NameServers. Killed before that, it recovers its store at the next start, and clients keep its route.",
		Source:  "RocketMQ source: BrokerController.shutdown; Kubernetes docs: termination of pods (30 s by default)",
		Example: Example{On: "static", Sound: "terminationGracePeriodSeconds: 60 # master a", Broken: "terminationGracePeriodSeconds: 10"},
		check:   graceTooShort,
	},
	{
		ID: "home-mismatch", Severity: Error, Title: "A path that the image does not have",
		Stops: true,
		Explain: "The official image keeps RocketMQ in /home/rocketmq/rocketmq-<version>. A script that is looked for elsewhere, by " +
			"ROCKETMQ_HOME or by a path, is not found, and the server never starts.",
		Source:  "apache/rocketmq-docker: ROCKETMQ_HOME=/home/rocketmq/rocketmq-${ROCKETMQ_VERSION}",
		Example: Example{On: "static", Sound: startMasterA, Broken: "command: [sh, -c, 'exec sh /opt/rocketmq/bin/mqbroker -c /etc/rocketmq/broker.conf']"},
		check:   homeMismatch,
	},
	{
		ID: "bare-pod", Severity: Warning, Title: "A server in a pod that nothing makes anew",
		Explain: "A bare Pod ends with its node, and when it is evicted or deleted nobody makes another: the server is away until somebody " +
			"applies the manifest again.",
		Source:  "Kubernetes docs: pods, working with pods",
		Example: Example{On: "static", Broken: "apiVersion: v1\nkind: Pod\nmetadata: {name: names, namespace: mq}\nspec:\n  containers:\n  - {name: names, image: 'apache/rocketmq:5.5.0', command: [sh, mqnamesrv]}"},
		check: func(r *run) {
			r.each(func(p *model.Process) {
				if p.Workload.Object.Kind == "Pod" {
					r.report(p.Workload.Object, p.Workload.Object.Pos(), "kind: StatefulSet with replicas: 1 and the pod as its template", "Nothing makes the pod of this %s anew when it is evicted or its node goes.", p.Role)
				}
			})
		},
	},
	{
		ID: "conf-hidden", Severity: Warning, Title: "A mount that hides the image's own conf folder",
		Explain: "A volume mounted on conf hides everything that the image has there: the servers' logging, tools.yml, the access " +
			"lists. Logs go nowhere, and mqadmin has no credentials.",
		Source:  "RocketMQ distribution: conf/rmq.broker.logback.xml, tools.yml, plain_acl.yml",
		Example: Example{On: "static", Sound: "{name: conf, mountPath: /etc/rocketmq} # master a", Broken: "{name: conf, mountPath: /etc/rocketmq}\n            - {name: conf, mountPath: /home/rocketmq/rocketmq-5.5.0/conf}"},
		check: func(r *run) {
			r.each(func(p *model.Process) {
				home := p.Instances[0].Home
				for _, m := range p.Container.Mounts {
					if m.SubPath == "" && (m.Path == path.Join(home, "conf") && home != "" || p.Container.Image.Official() && m.Path == p.Container.Image.Home()+"/conf") {
						r.report(p.Workload.Object, m.At, "mountPath: /etc/rocketmq (and -c to match), or subPath for the single file", "The mount at %s hides the image's own files there, the logging's among them.", m.Path)
					}
				}
			})
		},
	},
}

// startMasterA is the line of the layout that starts a master.
const startMasterA = `command: [sh, -c, "exec sh mqbroker -c /etc/rocketmq/broker.conf"] # master a`

func commandPos(p *model.Process) (at posOf) {
	for _, name := range []string{"command", "args"} {
		if v := p.Container.Value.Get(name); v.Exists() {
			return v.Pos()
		}
	}
	return p.Container.Value.Pos()
}

// chain lists the processes above java.
func chain(i *model.Instance) []string {
	above := append([]string{}, i.Command.Above...)
	if i.Launch.Script != "" {
		above = append(above, path.Base(i.Launch.Script), "runbroker.sh")
	}
	return append(above, "java")
}

// swallows says whether a SIGTERM to the container does not reach java.
func swallows(p *model.Process, i *model.Instance) bool {
	stop := strings.Join(p.Container.Value.Get("lifecycle", "preStop", "exec", "command").Texts(), " ")
	switch {
	case strings.Contains(stop, "kill") || strings.Contains(stop, "mqshutdown"), i.Trace.Traps:
		return false
	case len(i.Command.Above) > 0 && (strings.HasSuffix(i.Command.Above[0], " -g") || i.Command.Above[0] == "dumb-init"):
		return false
	case i.Launch.Java:
		return len(i.Command.Above) > 0 && i.Command.Above[len(i.Command.Above)-1] != "tini"
	}
	return p.Container.Image.Official() // what another image's script does is not known
}

// leastGrace is Kubernetes' own default, in seconds.
const leastGrace = 30

var sleeping = regexp.MustCompile(`sleep\s+(\d{1,5})`)

func graceTooShort(r *run) {
	r.role(keys.Broker, func(p *model.Process) {
		v := p.Workload.Pod.Get("terminationGracePeriodSeconds")
		grace, given := v.Int()
		if !given {
			grace = leastGrace
		}
		stop := p.Container.Value.Get("lifecycle", "preStop")
		waits := 0
		if found := sleeping.FindStringSubmatch(strings.Join(stop.Get("exec", "command").Texts(), " ")); found != nil {
			waits, _ = strconv.Atoi(found[1])
		}
		if n, ok := stop.Get("sleep", "seconds").Int(); ok {
			waits = n
		}
		switch {
		case given && grace < leastGrace:
			r.report(p.Workload.Object, v.Pos(), "terminationGracePeriodSeconds: 60", "The broker is killed %d s after it was asked to end.", grace)
		case waits > 0 && grace-waits < leastGrace/2:
			r.report(p.Workload.Object, stop.Pos(), "terminationGracePeriodSeconds: "+strconv.Itoa(waits+60), "The preStop hook waits for %d of %d s: little is left for the broker to end in order.", waits, grace)
		}
	})
}

func homeMismatch(r *run) {
	r.each(func(p *model.Process) {
		i, image := p.Instances[0], p.Container.Image
		if !image.Official() || i.Guessed || i.Launch.Java {
			return
		}
		script := i.Launch.Script
		if !path.IsAbs(script) {
			script = path.Join(i.Command.Dir, script)
		}
		home := path.Clean(i.Env["ROCKETMQ_HOME"])
		_, provided := p.Container.MountOf(script)
		switch {
		case strings.Contains(script, "\uE000") || provided:
		case !strings.HasPrefix(script, image.Home()+"/"):
			r.report(p.Workload.Object, where(p, "ROCKETMQ_HOME"), "ROCKETMQ_HOME="+image.Home()+", or leave it to the image", "The %s is started from %s; %s has it in %s/bin: it is not found.", p.Role, script, image.Reference, image.Home())
		case home != image.Home():
			r.report(p.Workload.Object, where(p, "ROCKETMQ_HOME"), "remove ROCKETMQ_HOME: the image sets it", "ROCKETMQ_HOME=%s; %s has RocketMQ in %s: its scripts and classes are not found.", home, image.Reference, image.Home())
		}
	})
}

func where(p *model.Process, variable string) posOf {
	for _, e := range p.Container.Value.Get("env").Items() {
		if e.Get("name").Text() == variable {
			return e.Pos()
		}
	}
	return commandPos(p)
}
