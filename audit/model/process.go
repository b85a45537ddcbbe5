package model

import (
	"path"
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/shell"
)

// Process is one RocketMQ server of a workload, in all of its pods.
type Process struct {
	Role      keys.Server
	Workload  *Workload
	Container *Container
	Instances []*Instance
}

// Instance is a process in one pod.
type Instance struct {
	*Process
	// Pod is the pod's name, "" when it changes at every start.
	Pod   string
	Index int
	// Trace is what the container's command does; Command is the server in it. Without a command that could be
	// followed, Guessed is set: then only image and ports tell what runs.
	Trace   shell.Trace
	Command shell.Command
	Guessed bool
	Launch  Launch
	Env     map[string]string
	// Home is ROCKETMQ_HOME, UserHome the home folder of the Java process; they may be marked as unknown.
	Home, UserHome string
	JVM            JVM
	Config         Config
	// ProxyNames are the NameServers of a broker's own proxy, which starts before the broker and reads a file of its own.
	ProxyNames Setting
	model      *Model
}

// Version is the release of the image, the zero value when the tag does not tell.
func (p *Process) Version() keys.Version { return p.Container.Image.Version }

// Launch is a server's command line.
type Launch struct {
	Role keys.Server
	// Script is the start script (mqbroker), or "" when java is run directly.
	Script string
	Java   bool
	// Flags are the options by their letter, with "" for those without a value.
	Flags map[string]string
	// Options are those of the virtual machine on the command line.
	Options []string
	// LocalProxy says that the broker runs a proxy in its own process.
	LocalProxy bool
	// Holder says that the process is a broker container, which holds several brokers.
	Holder bool
	// Extra are arguments that no option takes.
	Extra []string
}

// programs maps start scripts and main classes to what they run.
var programs = map[string]keys.Server{
	"mqnamesrv": keys.NameServer, "mqbroker": keys.Broker, "mqcontroller": keys.Controller, "mqproxy": keys.Proxy,
	"mqbrokercontainer": keys.Broker,
	"NamesrvStartup":    keys.NameServer, "BrokerStartup": keys.Broker, "ControllerStartup": keys.Controller,
	"ProxyStartup": keys.Proxy, "BrokerContainerStartup": keys.Broker,
}

// parseLaunch recognises a server in a command line.
func parseLaunch(args []string) (Launch, bool) {
	for i, a := range args {
		base := path.Base(a)
		name := base[strings.LastIndexByte(base, '.')+1:]
		role, ok := programs[name]
		if !ok || i > 0 && strings.HasPrefix(path.Base(args[0]), "mqadmin") {
			continue
		}
		l := Launch{Role: role, Flags: map[string]string{}, Holder: strings.Contains(strings.ToLower(name), "container")}
		l.Java = path.Base(args[0]) == "java"
		if !l.Java && strings.HasPrefix(name, "mq") {
			l.Script = a
		} else if !l.Java {
			l.Script = args[0]
		}
		l.Options = args[:i]
		l.options(args[i+1:])
		return l, true
	}
	return Launch{}, false
}

// long holds the options in their long form.
var long = map[string]string{
	"configFile": "c", "namesrvAddr": "n", "printConfigItem": "p", "printImportantConfig": "m", "help": "h",
	"proxyConfigPath": "pc", "proxyMode": "pm", "brokerConfigPath": "bc",
}

func (l *Launch) options(args []string) {
	for i := 0; i < len(args); i++ {
		name := strings.TrimLeft(args[i], "-")
		if name == args[i] {
			l.Extra = append(l.Extra, args[i])
			continue
		}
		value, joined := "", false
		name, value, joined = strings.Cut(name, "=")
		if short, ok := long[name]; ok {
			name = short
		}
		if name == "enable-proxy" || name == "enableProxy" {
			l.LocalProxy = true
			continue
		}
		if !joined && i+1 < len(args) && !strings.HasPrefix(args[i+1], "-") && name != "p" && name != "m" && name != "h" {
			i++
			value = args[i]
		}
		l.Flags[name] = value
	}
}

// processes finds the servers in a workload's containers.
func (m *Model) processes(w *Workload) {
	for _, c := range w.Containers {
		var found []*Process
		all := min(max(w.Replicas, 1), maxInstances)
		pods := all
		if m.looked > maxLooked {
			pods = 1
		}
		for i := 0; i < pods; i++ {
			m.looked++
			p := m.newPod(w, i)
			m.initialise(p)
			for _, instance := range m.instances(p, c) {
				found = attach(found, w, c, instance)
			}
		}
		if w.Replicas > pods && len(found) > 0 {
			m.unresolved(w.Object.String(), w.Object.Pos(), "replicas", "only the first pods of very many are looked at")
		}
		if pods < all {
			unseen(found)
		}
		w.Processes = append(w.Processes, found...)
	}
}

// unseen keeps anybody from taking the first pod of a workload for its only one.
func unseen(found []*Process) {
	for _, p := range found {
		for _, i := range p.Instances {
			i.Config.Unknown = "only the first pods of very many are looked at"
		}
	}
}

// attach adds an instance to the process of its role.
func attach(found []*Process, w *Workload, c *Container, i *Instance) []*Process {
	for _, p := range found {
		if p.Role == i.Launch.Role {
			i.Process = p
			p.Instances = append(p.Instances, i)
			return found
		}
	}
	i.Process = &Process{Role: i.Launch.Role, Workload: w, Container: c, Instances: []*Instance{i}}
	return append(found, i.Process)
}

// initialise runs the init containers' scripts for what they leave in volumes.
func (m *Model) initialise(p *pod) {
	for _, c := range p.w.Init {
		trace := m.trace(p, c, append(append([]string{}, c.Command...), c.Args...))
		written := map[string]string{}
		for _, command := range trace.Commands {
			for name, text := range command.Files {
				written[name] = text
			}
		}
		for name, text := range trace.Files {
			written[name] = text
		}
		p.keep(c, written)
	}
}

// trace follows a command in a container.
func (m *Model) trace(p *pod, c *Container, argv []string) shell.Trace {
	env := m.environment(p, c)
	expanded := make([]string, len(argv))
	for i, a := range argv {
		expanded[i] = expandDependent(shell.Clean(a), env)
	}
	dir := c.Value.Get("workingDir").Text()
	if dir == "" && c.Image.Layout() {
		dir = c.Image.Home() + "/bin"
	}
	if dir == "" {
		dir = "/"
	}
	return shell.Follow(expanded, shell.World{
		Env: env, Complete: c.Image.Layout(), Dir: dir, Folder: c.folder, Scripts: m.scripts,
		File: func(name string) (string, bool) { text, _, ok := m.file(p, c, name); return text, ok },
	})
}

// instances recognises what a container runs: by its command, by the image's entry point, or by image and ports.
func (m *Model) instances(p *pod, c *Container) []*Instance {
	env := m.environment(p, c)
	argv := entry(c, env)
	trace := m.trace(p, c, argv)
	var all []*Instance
	for _, command := range trace.Commands {
		launch, ok := parseLaunch(command.Args)
		if !ok {
			continue
		}
		all = append(all, m.newInstance(p, c, &Instance{Trace: trace, Command: command, Launch: launch, Env: command.Env}))
	}
	if len(all) == 0 {
		if role, ok := guess(c, p.w); ok {
			guessed := &Instance{Trace: trace, Guessed: true, Env: env, Launch: Launch{Role: role, Flags: map[string]string{}}}
			all = append(all, m.newInstance(p, c, guessed))
		}
	}
	return all
}

// entry is the command line of a container. The official image's entry point takes the server's name as its first
// argument, or from NODE_ROLE, and otherwise runs what it is given.
func entry(c *Container, env map[string]string) []string {
	if len(c.Command) == 0 && len(c.Args) == 0 && c.Image.Operator() {
		return c.Image.layout.start
	}
	if len(c.Command) > 0 || !c.Image.Official() {
		return append(append([]string{}, c.Command...), c.Args...)
	}
	scripts := map[string]string{"nameserver": "mqnamesrv", "broker": "mqbroker", "controller": "mqcontroller"}
	args := c.Args
	if len(args) > 0 && scripts[args[0]] != "" {
		return append([]string{"./" + scripts[args[0]]}, args[1:]...)
	}
	if script := scripts[env["NODE_ROLE"]]; script != "" {
		return append([]string{"./" + script}, args[min(1, len(args)):]...)
	}
	return args
}

func (m *Model) newInstance(p *pod, c *Container, i *Instance) *Instance {
	i.model, i.Index = m, p.index
	i.Process = &Process{Role: i.Launch.Role, Workload: p.w, Container: c}
	if shell.Known(p.name) {
		i.Pod = p.name
	}
	if i.Env == nil {
		i.Env = map[string]string{}
	}
	i.JVM = readJVM(m, p, i)
	i.homes()
	i.Config = m.configuration(p, c, i)
	m.proxyNames(p, c, i)
	for _, reason := range i.Trace.Unknown {
		m.unresolved(p.w.Object.String(), c.Value.Get("command").Pos(), "the start script", reason)
	}
	i.Command.Files, i.Trace.Files, i.Trace.Commands = nil, nil, nil // read by now, and large for thousands of pods
	return i
}

// homes tells where RocketMQ and the user live.
func (i *Instance) homes() {
	i.Home = i.Env["ROCKETMQ_HOME"]
	if home := i.JVM.Property["rocketmq.home.dir"]; home != "" {
		i.Home = home
	}
	home, known := i.Workload.HomeOf(i.Container)
	switch {
	case i.JVM.Property["user.home"] != "":
		i.UserHome = i.JVM.Property["user.home"]
	case known:
		i.UserHome = home
	default:
		i.UserHome = shell.Mark("the home folder of the image's user is not known")
	}
}
