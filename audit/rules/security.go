package rules

import (
	"encoding/json"
	"path"
	"regexp"
	"strings"

	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/model"
	"github.com/rmqproof/rmqproof/audit/node"
	"github.com/rmqproof/rmqproof/audit/properties"
	"github.com/rmqproof/rmqproof/audit/shell"
)

// security: who may do what, and who knows the password.
var security = []Rule{
	{
		ID: "default-credentials", Severity: Warning, Title: "Credentials that everybody knows",
		Explain: "The credentials of RocketMQ's samples and guides are the first that anybody tries. Whoever reaches a broker with them " +
			"may read, send and delete topics.",
		Source:  "RocketMQ distribution: conf/plain_acl.yml (RocketMQ, rocketmq2, 12345678)",
		Example: Example{On: "acl", Sound: `{"username":"operator","password":"@OPERATOR_PASSWORD@"}`, Broken: `{"username":"rocketmq","password":"12345678"}`},
		check:   defaultCredentials,
	},
	{
		ID: "credentials-in-config", Severity: Warning, Title: "Credentials in a ConfigMap or in a variable's value",
		Explain: "ConfigMaps and pod templates are read by many more people and tools than Secrets, and lie in version control.",
		Source:  "Kubernetes docs: good practices for Secrets",
		Example: Example{On: "acl", Sound: `"secretKey":"@INNER_SECRET@"`, Broken: `"secretKey":"j7Gq2mVx9w"`},
		check:   plainCredentials,
	},
	{
		ID: "acl-without-effect", Severity: Warning, Title: "Access control that is switched on and does nothing",
		Explain: "aclEnable belongs to the first access control, which releases from 5.3.3 on no longer have: the key is still taken and " +
			"does nothing. A NameServer never had it, and authorization without authentication checks nobody's name.",
		Source:  "jars of 5.3.3: BrokerConfig has setAclEnable and nothing reads it; docs: auth (ACL 2.0)",
		Example: Example{On: "static", Sound: "inSyncReplicas=2\n    totalReplicas=2", Broken: "inSyncReplicas=2\n    totalReplicas=2\n    aclEnable=true"},
		check:   aclWithoutEffect,
	},
	{
		ID: "runs-as-root", Severity: Warning, Title: "A server that runs as root",
		Explain: "Whoever breaks out of the process is root in the container, and writes files in the volume that belong to root; the " +
			"image's own user is 3000.",
		Source:  "Kubernetes docs: pod security standards, restricted",
		Example: Example{On: "static", Sound: "{fsGroup: 3000, runAsUser: 3000, runAsNonRoot: true} # master a", Broken: "{fsGroup: 3000, runAsUser: 0}"},
		check: func(r *run) {
			r.each(func(p *model.Process) {
				if uid, known := p.Workload.User(p.Container); known && uid == 0 && !p.Container.Image.Operator() { // those images know no other user
					r.report(p.Workload.Object, userPos(p), "securityContext: {runAsUser: 3000, runAsNonRoot: true, fsGroup: 3000}", "The %s runs as root.", p.Role)
				}
			})
		},
	},
	{
		ID: "privileged", Severity: Warning, Title: "A privileged server",
		Explain: "A privileged container has the node: all its devices and files. RocketMQ needs nothing of it.",
		Source:  "Kubernetes docs: pod security standards, baseline",
		Example: Example{On: "static", Sound: startMasterA, Broken: "securityContext: {privileged: true}\n          " + startMasterA},
		check: func(r *run) {
			r.each(func(p *model.Process) {
				v := p.Container.Value.Get("securityContext", "privileged")
				if v.Bool() {
					r.report(p.Workload.Object, v.Pos(), "privileged: false", "The %s's container is privileged.", p.Role)
				}
				if v := p.Container.Value.Get("securityContext", "allowPrivilegeEscalation"); v.Bool() {
					r.report(p.Workload.Object, v.Pos(), "allowPrivilegeEscalation: false", "The %s's container may gain privileges.", p.Role)
				}
			})
		},
	},
}

func userPos(p *model.Process) posOf {
	if v := p.Container.Value.Get("securityContext", "runAsUser"); v.Exists() {
		return v.Pos()
	}
	return p.Workload.Where("securityContext", "runAsUser")
}

// pairs are names and passwords of samples and guides.
var pairs = map[string]string{
	"rocketmq": "12345678", "rocketmq2": "12345678", "admin": "admin", "root": "root", "test": "test",
}

func isDefault(name, password string) bool {
	name = strings.ToLower(name)
	return pairs[name] == password || name != "" && name == strings.ToLower(password) || password == "12345678"
}

// credential is a name with its password, somewhere in the input.
type credential struct {
	object         input.Object
	at             node.Pos
	name, password string
	key            string
}

// credentials collects those of settings, access lists, Secrets and variables.
func (r *run) credentials() []credential {
	var all []credential
	r.each(func(p *model.Process) {
		for _, e := range p.Instances[0].Config.Entries {
			if e.Key == "initAuthenticationUser" || e.Key == "innerClientAuthenticationCredentials" {
				all = append(all, fromJSON(p.Workload.Object, e))
			}
		}
		for _, e := range p.Container.Value.Get("env").Items() {
			if name := e.Get("name").Text(); secretVariable.MatchString(name) && e.Get("value").Text() != "" {
				all = append(all, credential{p.Workload.Object, e.Pos(), name, e.Get("value").Text(), name})
			}
		}
	})
	used := r.mounted()
	for _, o := range r.Objects {
		if (o.Kind == "ConfigMap" || o.Kind == "Secret") && (used[o.String()] || r.Used(o) || mentions(o)) {
			all = append(all, ofObject(o)...)
		}
	}
	return all
}

var secretVariable = regexp.MustCompile(`(?i)(secret_?key|password|passwd|access_?key|_token)$`)

func fromJSON(o input.Object, e model.Entry) credential {
	var c struct{ Username, Password, AccessKey, SecretKey string }
	if err := json.Unmarshal([]byte(e.Value), &c); err != nil || !shell.Known(e.Value) {
		return credential{}
	}
	return credential{o, e.Pos, c.Username + c.AccessKey, c.Password + c.SecretKey, e.Key}
}

// mounted lists the objects that RocketMQ's containers mount.
func (r *run) mounted() map[string]bool {
	all := map[string]bool{}
	r.each(func(p *model.Process) {
		for _, o := range r.Providers(p.Workload, p.Container) {
			all[o.String()] = true
		}
	})
	return all
}

// mentions says whether an object speaks of RocketMQ.
func mentions(o input.Object) bool {
	return strings.Contains(strings.ToLower(o.Name), "rocketmq") || strings.Contains(strings.ToLower(o.Name), "rmq")
}

var aclLine = regexp.MustCompile(`(?m)^\s*-?\s*(accessKey|secretKey)\s*:\s*(\S+)`)

// ofObject reads accessKey and secretKey pairs from an access list, from a properties file or from single keys.
func ofObject(o input.Object) []credential {
	var all []credential
	texts := model.Texts(o)
	for _, t := range texts {
		name, listed := "", aclLine.MatchString(t.Text)
		for _, found := range aclLine.FindAllStringSubmatch(t.Text, 200) {
			value := strings.Trim(found[2], `"'`)
			if found[1] == "accessKey" {
				name = value
				continue
			}
			line := 1 + strings.Count(t.Text[:strings.Index(t.Text, found[0])+1], "\n")
			all = append(all, credential{o, t.Value.LineOf(line), name, value, path.Base(t.Key)})
		}
		for _, e := range properties.Parse(t.Text) {
			if listed {
				break
			}
			switch e.Key {
			case "accessKey":
				name = e.Value
			case "secretKey":
				all = append(all, credential{o, t.Value.LineOf(e.Line), name, e.Value, "secretKey"})
			}
		}
	}
	return append(all, single(o, texts)...)
}

func single(o input.Object, texts []model.KeyText) []credential {
	name := ""
	for _, t := range texts {
		if k := strings.ToLower(t.Key); strings.Contains(k, "access") || strings.Contains(k, "user") {
			name = strings.TrimSpace(t.Text)
		}
	}
	var all []credential
	for _, t := range texts {
		k := strings.ToLower(t.Key)
		if (strings.Contains(k, "secretkey") || strings.Contains(k, "secret-key") || strings.Contains(k, "password")) && !strings.Contains(t.Text, "\n") {
			all = append(all, credential{o, t.Value.Pos(), name, strings.TrimSpace(t.Text), t.Key})
		}
	}
	return all
}

func defaultCredentials(r *run) {
	for _, c := range r.credentials() {
		if c.password != "" && isDefault(c.name, c.password) {
			r.report(c.object, c.at, "a generated password, in a Secret", "%s holds a password that stands in every guide.", c.key)
		}
	}
	r.brokers(func(b *model.Broker) {
		list := path.Join(b.Home, "conf/plain_acl.yml")
		_, hidden := b.Container.MountOf(list)
		hidden = hidden || r.bringsList(b.Process)
		if b.Is("aclEnable") && !b.Version().AtLeast(keys.Version{Major: 5, Minor: 3}) && b.Container.Image.Official() && !hidden {
			r.report(b.Workload.Object, b.Where("aclEnable"), "mount a plain_acl.yml of your own from a Secret, with subPath", "aclEnable=true with the image's own plain_acl.yml: its credentials (RocketMQ, 12345678) are known to everybody.")
		}
	})
}

func plainCredentials(r *run) {
	for _, c := range r.credentials() {
		fromValue := c.object.Kind != "Secret" && c.password != "" && unreplaced(c.password) == "" && !strings.HasPrefix(c.password, "@")
		if !fromValue || !r.readable(c.password) {
			continue
		}
		r.report(c.object, c.at, "a Secret: mounted as the file, or put in with sed from a variable with secretKeyRef", "%s is a credential in plain text.", c.key)
	}
}

// readable says whether a password stands somewhere in a ConfigMap or in a pod template, and not only in a Secret from
// which a start script takes it.
func (r *run) readable(password string) bool {
	for _, o := range r.Objects {
		if o.Kind == "Secret" {
			continue
		}
		for _, t := range model.Texts(o) {
			if strings.Contains(t.Text, password) {
				return true
			}
		}
	}
	found := false
	r.each(func(p *model.Process) {
		for _, text := range append(append([]string{}, p.Container.Command...), p.Container.Args...) {
			found = found || strings.Contains(text, password)
		}
		for _, e := range p.Container.Value.Get("env").Items() {
			found = found || strings.Contains(e.Get("value").Text(), password)
		}
	})
	return found
}

func aclWithoutEffect(r *run) {
	r.each(func(p *model.Process) {
		i := p.Instances[0]
		for _, e := range i.Config.Entries {
			on := strings.EqualFold(strings.TrimSpace(e.Value), "true")
			switch {
			case e.Key == "aclEnable" && on && p.Role == keys.Broker && p.Version().AtLeast(keys.Version{Major: 5, Minor: 3, Patch: 3}):
				r.report(p.Workload.Object, e.Pos, "remove aclEnable\nand see ACL 2.0: authenticationEnabled, authorizationEnabled, their providers and innerClientAuthenticationCredentials", "aclEnable does nothing in %s: everybody may do everything.", p.Version())
			case e.Key == "aclEnable" && on && p.Role == keys.NameServer:
				r.report(p.Workload.Object, e.Pos, "aclEnable in the brokers' files; for NameServers a NetworkPolicy", "A NameServer has no access control: aclEnable does nothing here.")
			case e.Key == "accessKey" || e.Key == "secretKey":
				r.report(p.Workload.Object, e.Pos, "conf/plain_acl.yml from a Secret (up to 5.2), or initAuthenticationUser (from 5.3 on)", "%s is no setting of a %s: it grants and refuses nothing.", e.Key, p.Role)
			case e.Key == "authorizationEnabled" && on && !i.Is("authenticationEnabled"):
				r.report(p.Workload.Object, e.Pos, "authenticationEnabled=true", "authorizationEnabled without authenticationEnabled: nobody's name is checked.")
			}
		}
		hiddenList(r, p, i)
	})
}

// hiddenList reports an access list that a mount hides: the broker then finds no account at all.
func hiddenList(r *run, p *model.Process, i *model.Instance) {
	if p.Role != keys.Broker || !i.Is("aclEnable") || p.Version().AtLeast(keys.Version{Major: 5, Minor: 3}) {
		return
	}
	for _, m := range p.Container.Mounts {
		if m.Path == path.Join(i.Home, "conf") && m.SubPath == "" && !r.Provides(p.Workload, m, "plain_acl.yml") {
			r.report(p.Workload.Object, m.At, "plain_acl.yml beside broker.conf, from a Secret", "aclEnable=true, and the mount at %s hides plain_acl.yml: the broker knows no account.", m.Path)
		}
	}
}
