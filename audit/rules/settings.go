package rules

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/promise"
	"github.com/rmqproof/rmqproof/audit/shell"
)

// settings: that the file is read, and every key in it understood.
var settings = []Rule{
	{
		ID: "invalid-value", Severity: Error, Title: "A value that RocketMQ does not understand",
		Explain: "RocketMQ sets its configuration by reflection and drops a value that does not fit without a word in its " +
			"log: the default is in force. brokerRole=MASTER gives an asynchronous master; brokerId=1 with a blank or a " +
			"comment behind it gives 0.",
		Source:  "RocketMQ source: MixAll.properties2Object ignores every exception; run against the jars of 5.1.0 to 5.5.0",
		Example: Example{On: "static", Sound: "brokerRole=SYNC_MASTER", Broken: "brokerRole=MASTER"},
		check:   func(r *run) { eachEntry(r, invalidValue) },
	},
	{
		ID: "unknown-key", Severity: Warning, Title: "A key that the release does not have",
		Explain: "Unknown keys are ignored without a word. What the author wanted is not in force.",
		Source:  "key tables read from the jars of each release (audit/keys)",
		Example: Example{On: "static", Sound: "inSyncReplicas=2", Broken: "inSyncReplicas=2\n    storePathIndex=/home/rocketmq/index"},
		check:   func(r *run) { eachEntry(r, unknownKey) },
	},
	{
		ID: "key-in-wrong-file", Severity: Warning, Title: "A key of another server",
		Explain: "Each server reads its own keys and ignores the rest. A broker's key in a NameServer's file does nothing.",
		Source:  "key tables read from the jars of each release (audit/keys)",
		Example: Example{On: "controller", Sound: "enableControllerInNamesrv=true", Broken: "enableControllerInNamesrv=true\n    inSyncReplicas=2"},
		check:   func(r *run) { eachEntry(r, wrongFile) },
	},
	{
		ID: "repeated-key", Severity: Warning, Title: "A key twice in one file, with two values",
		Explain: "The last one is in force. Whoever changes the first one changes nothing.",
		Source:  "java.util.Properties",
		Example: Example{On: "static", Sound: "inSyncReplicas=2", Broken: "inSyncReplicas=1\n    inSyncReplicas=2"},
		check: func(r *run) {
			r.each(func(p *model.Process) {
				seen := map[string]string{}
				for _, e := range p.Instances[0].Config.Entries {
					if old, twice := seen[e.Key]; twice && old != e.Value {
						r.report(p.Workload.Object, e.Pos, "one line: "+set(e.Key, e.Value), "%s stands twice in the file; %s, the last, is in force and %s is not.", e.Key, e.Value, old)
					}
					seen[e.Key] = e.Value
				}
			})
		},
	},
	{
		ID: "placeholder-left", Severity: Error, Title: "A variable in a configuration file that nothing replaces",
		Explain: "RocketMQ does not expand variables in its file, and Kubernetes does not in a ConfigMap. The broker takes the " +
			"text with its dollar sign as the value: all pods have the same name, or an address that does not resolve.",
		Source:  "RocketMQ source: MixAll.properties2Object takes values as they are",
		Example: Example{On: "static", Sound: "brokerClusterName=shop\n    brokerName=broker-b\n    brokerId=0", Broken: "brokerClusterName=shop\n    brokerName=${POD_NAME}\n    brokerId=0"},
		check: func(r *run) {
			eachEntry(r, func(r *run, p *model.Process, e model.Entry) {
				if found := unreplaced(e.Value); found != "" && !secretName.MatchString(e.Key) {
					r.report(p.Workload.Object, e.Pos, "write the file at start, with sed, before the server is started with it",
						"%s=%s: nothing replaces %s, so it is taken as the value itself.", e.Key, e.Value, found)
					leftOver(r, p, e)
				}
			})
		},
	},
	{
		ID: "config-missing", Severity: Error, Title: "A configuration file that nothing provides",
		Stops:   true,
		Explain: "The server cannot open the file that -c names and ends at once.",
		Source:  "RocketMQ source: BrokerStartup and NamesrvStartup open the file of -c",
		Example: Example{On: "static", Sound: "-c /etc/rocketmq/broker.conf", Broken: "-c /etc/rocketmq/brokers.conf"},
		check: func(r *run) {
			r.each(func(p *model.Process) {
				if i := p.Instances[0]; i.Config.Missing {
					r.report(p.Workload.Object, p.Container.Value.Pos(), "-c <a path under one of the container's mounts>, with the file's name as a key of the ConfigMap",
						"The %s is started with -c %s, and no volume of the pod and no file of the image has that path: it ends at once.", p.Role, i.Config.Path)
				}
			})
		},
	},
	{
		ID: "config-unread", Severity: Warning, Title: "A mounted configuration file that the server is not told to read",
		Explain: "A server reads a file only when it is started with -c. Without it every key has its default.",
		Source:  "RocketMQ source: BrokerStartup and NamesrvStartup, option c",
		Example: Example{On: "controller", Sound: "mqnamesrv -c /tmp/namesrv.conf", Broken: "mqnamesrv"},
		check:   configUnread,
	},
	{
		ID: "prints-and-exits", Severity: Error, Title: "A server started with -p or -m",
		Stops:   true,
		Explain: "With these options a server prints its settings and ends. The pod restarts for ever.",
		Source:  "RocketMQ source: BrokerStartup, options p and m",
		Example: Example{On: "static", Sound: "-c /etc/rocketmq/broker.conf", Broken: "-p -c /etc/rocketmq/broker.conf"},
		check: func(r *run) {
			r.each(func(p *model.Process) {
				for _, flag := range []string{"p", "m"} {
					if _, ok := p.Instances[0].Launch.Flags[flag]; ok && p.Role != keys.Proxy {
						r.report(p.Workload.Object, p.Container.Value.Pos(), "start the "+string(p.Role)+" without -"+flag, "-%s makes the %s print its settings and end.", flag, p.Role)
					}
				}
			})
		},
	},
	{
		ID: "variable-without-effect", Severity: Info, Title: "A variable that looks like a setting and is read by nothing",
		Explain: "The start scripts and servers read few variables. One of another name changes nothing, however it is called.",
		Source:  "RocketMQ distribution: bin/*.sh; BrokerConfig reads NAMESRV_ADDR and ROCKETMQ_HOME",
		Example: Example{On: "static", Sound: "{name: JAVA_OPT_EXT, value: -Xms4g -Xmx4g -XX:MaxDirectMemorySize=2g} # master a",
			Broken: "{name: JAVA_OPT_EXT, value: -Xms4g -Xmx4g -XX:MaxDirectMemorySize=2g}\n            - {name: BROKER_ROLE, value: SYNC_MASTER}"},
		check: variableWithoutEffect,
	},
}

var (
	// placeholder matches what shells, Kubernetes and template engines would replace, had they seen the text.
	placeholder = regexp.MustCompile(`\$\{[A-Za-z_][A-Za-z0-9_.:-]*\}|\$\([A-Za-z_][A-Za-z0-9_.]*\)|^\$[A-Za-z_][A-Za-z0-9_]*$|` +
		`\{\{[^{}]*\}\}|\{%[^%]*%\}|<%=?[^%<>]*%>|[#%@]\{[A-Za-z_][A-Za-z0-9_.]*\}|@@?[A-Z][A-Z0-9_]*@@?|__[A-Z][A-Z0-9_]*__|^%[A-Z][A-Z0-9_]+%$`)
	secretName = regexp.MustCompile(`(?i)password|secret|credential|accesskey|token`)
)

// unreplaced returns the first placeholder of a text, "" for one without. Few texts hold a character that one begins with.
func unreplaced(text string) string {
	if !strings.ContainsAny(text, "$%{<#@") && !strings.Contains(text, "__") {
		return ""
	}
	return placeholder.FindString(text)
}

func eachEntry(r *run, f func(*run, *model.Process, model.Entry)) {
	r.each(func(p *model.Process) {
		for _, i := range p.Instances {
			for _, e := range i.Config.Entries {
				if shell.Known(e.Value) {
					f(r, p, e)
				}
			}
		}
	})
}

func invalidValue(r *run, p *model.Process, e model.Entry) {
	key, ok := keys.Find(p.Role, p.Version(), e.Key)
	value := e.Value
	if key.Type == "String" || strings.HasPrefix(key.Type, "enum:") && p.Version().AtLeast(keys.Version{Major: 5, Minor: 2}) {
		value = strings.TrimSpace(value)
	}
	if !ok || p.Role == keys.Proxy {
		return
	}
	if err := key.Check(value); err != nil && unreplaced(value) == "" {
		fallback := key.Default
		if strings.HasPrefix(key.Type, "enum:") {
			fix := set(e.Key, strings.Split(strings.TrimPrefix(key.Type, "enum:"), "|")[0]) + " or another of " + strings.ReplaceAll(strings.TrimPrefix(key.Type, "enum:"), "|", ", ")
			r.report(p.Workload.Object, e.Pos, fix, "%s=%q %v: RocketMQ ignores it and uses %s.", e.Key, value, err, fallback)
			return
		}
		r.report(p.Workload.Object, e.Pos, set(e.Key, "<a "+key.Type+">"), "%s=%q %v: RocketMQ ignores it and uses %s.", e.Key, value, err, fallback)
	}
}

// derived explains keys that many guides give and no release has.
var derived = map[string]string{
	"storePathConsumeQueue": "consume queues always lie in storePathRootDir/consumequeue",
	"storePathIndex":        "indexes always lie in storePathRootDir/index",
	"storePathMsgTrack":     "there is no such store",
	"storePathDLeger":       "DLedger's log lies below storePathRootDir",
	"storeCheckpoint":       "the checkpoint always lies in storePathRootDir/checkpoint",
	"abortFile":             "the abort file always lies in storePathRootDir/abort",
}

// ofAccess says whether a key is the subject of the rule acl-without-effect.
func ofAccess(key string) bool { return key == "accessKey" || key == "secretKey" || key == "aclEnable" }

func unknownKey(r *run, p *model.Process, e model.Entry) {
	v := p.Version()
	if !keys.Covered(v) || ofAccess(e.Key) {
		return
	}
	if _, ok := keys.Find(p.Role, v, e.Key); ok {
		return
	}
	if _, ok := keys.Elsewhere(p.Role, v, e.Key); ok {
		return
	}
	hint, fix := "", "remove the line"
	if why := derived[e.Key]; why != "" {
		hint = ": " + why
		if strings.HasPrefix(e.Key, "storePath") {
			fix = "storePathRootDir=<a folder on the volume>, and remove this line"
		}
	} else if close := keys.Nearest(p.Role, v, e.Key); close != "" {
		hint, fix = fmt.Sprintf(" (%s does)", close), set(close, e.Value)
	} else if in := keys.Ever(p.Role, e.Key); len(in) > 0 {
		hint = fmt.Sprintf(" (%s does)", in[len(in)-1])
		fix = "remove the line, or run a release that has the key"
	}
	r.report(p.Workload.Object, e.Pos, fix, "%s is no key of a %s in %s%s: the line is ignored.", e.Key, p.Role, v, hint)
}

func wrongFile(r *run, p *model.Process, e model.Entry) {
	if !keys.Covered(p.Version()) || ofAccess(e.Key) {
		return
	}
	if _, ok := keys.Find(p.Role, p.Version(), e.Key); ok {
		return
	}
	if other, ok := keys.Elsewhere(p.Role, p.Version(), e.Key); ok {
		r.report(p.Workload.Object, e.Pos, "move the line to the file of the "+string(other), "%s is a key of the %s; in the file of a %s it is ignored.", e.Key, other, p.Role)
	}
}

// likely matches names that an author expects RocketMQ to read.
var likely = regexp.MustCompile(`^(NAMESRV|BROKER_|ROCKETMQ_|ACCESS_KEY$|SECRET_KEY$|CLUSTER_NAME$|JVM_)`)

// effective lists the variables that scripts and servers do read.
var effective = map[string]bool{"ROCKETMQ_HOME": true, "ROCKETMQ_VERSION": true, "NAMESRV_ADDR": true}

func variableWithoutEffect(r *run) {
	r.each(func(p *model.Process) {
		i := p.Instances[0]
		if i.Guessed || !p.Container.Image.Official() {
			return
		}
		for _, e := range p.Container.Value.Get("env").Items() {
			name := e.Get("name").Text()
			if heapName.MatchString(name) || heapValue.MatchString(e.Get("value").Text()) {
				continue // of java-opts-ignored
			}
			useless := likely.MatchString(name) && !effective[name] || name == "NAMESRV_ADDR" && p.Role == keys.NameServer
			if !useless || i.Trace.Reads[name] || usedInCommand(p, name) || r.mentioned(p, name) {
				continue
			}
			own := ""
			if i.Env[name] == shell.PodIP {
				own = " It is the pod's own address, too, and has no port."
			}
			r.report(p.Workload.Object, e.Pos(), "remove the variable, or put the setting into the file that -c names",
				"Nothing in this container reads %s: neither the command nor the %s.%s", name, p.Role, own)
		}
	})
}

// mentioned says whether a text that the container mounts or runs speaks of a variable, in a branch that is not taken here.
func (r *run) mentioned(p *model.Process, name string) bool {
	use := regexp.MustCompile(`\$\{?` + regexp.QuoteMeta(name) + `\b`)
	for _, o := range r.Providers(p.Workload, p.Container) {
		for _, t := range model.Texts(o) {
			if use.MatchString(t.Text) {
				return true
			}
		}
	}
	return use.MatchString(strings.Join(append(append([]string{}, p.Container.Command...), p.Container.Args...), "\n"))
}

func usedInCommand(p *model.Process, name string) bool {
	for _, text := range append(append([]string{}, p.Container.Command...), p.Container.Args...) {
		if strings.Contains(text, "$("+name+")") {
			return true
		}
	}
	for _, e := range p.Container.Value.Get("env").Items() {
		if strings.Contains(e.Get("value").Text(), "$("+name+")") {
			return true
		}
	}
	return false
}

// leftOver takes back what is promised for a broker whose name or address is a text that nothing replaced.
func leftOver(r *run, p *model.Process, e model.Entry) {
	message := e.Key + "=" + e.Value + ": nothing replaces the variable in it"
	switch e.Key {
	case "brokerIP1", "namesrvAddr", "listenPort":
		r.doubt(p.Workload.Object.String(), message, nil, true)
	case "brokerName", "brokerId", "brokerIP2", "brokerRole":
		r.doubt(p.Workload.Object.String(), message, promise.All(), false)
	}
}
