package rules

import (
	"path"
	"regexp"
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/shell"
)

// commands: that what a container, a probe or a hook runs is there, and takes what it is given.
var commands = []Rule{
	{
		ID: "command-not-found", Severity: Error, Title: "A command that the image does not have",
		Stops: true,
		Explain: "The images put RocketMQ's bin folder on no PATH: mqnamesrv alone is not found, while sh mqnamesrv and ./mqnamesrv are, " +
			"in the working directory. Init processes and tools that an image lacks are not found either: the container ends at once.",
		Source:  "apache/rocketmq-docker: the images' Dockerfiles (ENV, WORKDIR, installed packages)",
		Example: Example{On: "static", Sound: startMasterA, Broken: "command: [sh, -c, 'exec mqbroker -c /etc/rocketmq/broker.conf']"},
		check:   func(r *run) { r.each(func(p *model.Process) { notFound(r, p) }) },
	},
	{
		ID: "arguments-ignored", Severity: Warning, Title: "Arguments that no server takes",
		Explain: "A server's command line knows -c, -n, -p, -m and -h, a proxy's a few more. A key=value behind them is ignored without a " +
			"word, and an option of another name ends the server with its help text.",
		Source:  "RocketMQ source: BrokerStartup, NamesrvStartup, ProxyStartup: buildCommandlineOptions",
		Example: Example{On: "static", Sound: startMasterA, Broken: "command: [sh, mqbroker, -c, /etc/rocketmq/broker.conf, autoCreateTopicEnable=false]"},
		check:   func(r *run) { r.each(func(p *model.Process) { arguments(r, p) }) },
	},
	{
		ID: "stop-hook-fails", Severity: Warning, Title: "A hook or probe that runs a script which is not there",
		Explain: "A hook runs in the image's working directory, which is RocketMQ's bin folder: ./bin/mqshutdown is not there, and mqshutdown " +
			"alone is on no PATH. The hook fails at every end, and the server is killed as if it had none.",
		Source:  "apache/rocketmq-docker: WORKDIR ${ROCKETMQ_HOME}/bin; Kubernetes docs: container hooks, FailedPreStopHook",
		Example: Example{On: "static", Sound: "preStop: {exec: {command: [sh, mqshutdown, broker]}}} # master a", Broken: "preStop: {exec: {command: [sh, -c, ./bin/mqshutdown broker]}}}"},
		check:   func(r *run) { r.each(func(p *model.Process) { hooks(r, p) }) },
	},
}

// foreign are programs in front of a server that the official images lack.
var foreign = map[string]bool{"tini": true, "dumb-init": true, "catatonit": true, "gosu": true, "su-exec": true}

func notFound(r *run, p *model.Process) {
	i := p.Instances[0]
	if i.Guessed || !p.Container.Image.Layout() {
		return
	}
	if above := i.Command.Above; len(above) > 0 && p.Container.Image.Official() {
		if tool := strings.TrimSuffix(above[0], " -g"); foreign[tool] {
			if !brought(p, tool) {
				r.report(p.Workload.Object, commandPos(p), "command: [sh, "+path.Base(i.Launch.Script)+", <its options>]", "%s has no %s: the command is not found, and the container ends at once.", p.Container.Image.Reference, tool)
				return
			}
		}
	}
	script := i.Launch.Script
	if script == "" || strings.Contains(script, "/") || i.Command.ByShell || !strings.HasPrefix(script, "mq") || onPath(p, i) {
		return
	}
	r.report(p.Workload.Object, commandPos(p), "sh "+script+" <its options>, or ./"+script, "%s is on no PATH of %s (its working directory is bin, which a shell does not search): not found, and the container ends at once.", script, p.Container.Image.Reference)
}

// brought says whether a tool is started from a volume.
func brought(p *model.Process, tool string) bool {
	for _, word := range append(append([]string{}, p.Container.Command...), p.Container.Args...) {
		if _, provided := p.Container.MountOf(word); path.IsAbs(word) && path.Base(word) == tool && provided {
			return true
		}
	}
	return false
}

// onPath says whether the manifests or the script set a PATH.
func onPath(p *model.Process, i *model.Instance) bool {
	return i.Env["PATH"] != "" || strings.Contains(strings.Join(append(append([]string{}, p.Container.Command...), p.Container.Args...), " "), "PATH=")
}

// takes lists the options of each server.
var takes = map[keys.Server]string{
	keys.Broker: " c n p m h pc pm bc ", keys.NameServer: " c n p h ", keys.Controller: " c n p h ", keys.Proxy: " n pc pm bc h ",
}

// assignment matches a setting among the arguments.
var assignment = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*=`)

func arguments(r *run, p *model.Process) {
	i := p.Instances[0]
	if i.Guessed || i.Launch.Holder || !strings.HasPrefix(path.Base(i.Launch.Script), "mq") {
		return
	}
	for _, extra := range i.Launch.Extra {
		if assignment.MatchString(extra) {
			r.report(p.Workload.Object, i.Started(), "a line "+shell.Show(extra)+" in the file that -c names", "%s behind %s is no option: the command line ignores it, and the setting is not in force.", shell.Show(extra), path.Base(i.Launch.Script))
		}
	}
	for flag := range i.Launch.Flags {
		if shell.Known(flag) && !strings.Contains(takes[p.Role], " "+flag+" ") {
			r.as(Error).report(p.Workload.Object, i.Started(), "the setting in the file that -c names", "-%s is no option of a %s: it prints its help and ends.", flag, p.Role)
		}
	}
}

func hooks(r *run, p *model.Process) {
	if !p.Container.Image.Layout() || !kubernetesOwn(p) {
		return
	}
	for _, at := range [][]string{{"lifecycle", "preStop"}, {"lifecycle", "postStart"}, {"readinessProbe"}, {"livenessProbe"}, {"startupProbe"}} {
		v := p.Container.Value.Get(at...)
		argv := v.Get("exec", "command")
		if !mayCall(p, argv.Texts()) {
			continue
		}
		for _, c := range r.Hook(p, argv.Texts()).Commands {
			if what := missingScript(p, c); what != "" {
				r.report(p.Workload.Object, v.Pos(), "command: [sh, "+path.Base(c.Args[0])+strings.Join(append([]string{""}, c.Args[1:]...), ", ")+"]", "The %s runs %s, %s: it fails every time.", at[len(at)-1], c.Args[0], what)
			}
		}
	}
}

// mayCall says whether a command can reach a script of RocketMQ: it names one, or a file that is mounted.
func mayCall(p *model.Process, argv []string) bool {
	all := strings.Join(argv, " ")
	if strings.Contains(all, "mq") {
		return true
	}
	for _, word := range strings.Fields(all) {
		if _, mounted := p.Container.MountOf(word); mounted && path.IsAbs(word) {
			return true
		}
	}
	return false
}

// scripts are those in the bin folder of every release.
var scripts = map[string]bool{"mqshutdown": true, "mqadmin": true, "mqbroker": true, "mqnamesrv": true, "mqproxy": true, "mqcontroller": true}

// missingScript says why a script of RocketMQ is not found, "" when it is or cannot be told.
func missingScript(p *model.Process, c shell.Command) string {
	name, home := c.Args[0], p.Container.Image.Home()
	base := path.Base(name)
	if !scripts[base] || !shell.Known(name) {
		return ""
	}
	full := name
	if !path.IsAbs(full) {
		full = path.Join(c.Dir, full)
	}
	_, provided := p.Container.MountOf(full)
	switch {
	case provided:
		return ""
	case !strings.Contains(name, "/") && !c.ByShell && c.Env["PATH"] == "":
		return "which is on no PATH of the image"
	case full != path.Join(home, "bin", base) && shell.Known(full) && (strings.Contains(name, "/") || c.ByShell):
		return "which the image has in " + shell.Show(path.Join(home, "bin"))
	case !shell.Known(full) && full != path.Join(home, "bin", base) && strings.HasPrefix(full, home+"/"):
		return "which the image has in bin, its working directory"
	}
	return ""
}
