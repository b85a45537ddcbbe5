//go:build !agent

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/fixtures/rails"
	"github.com/rmqproof/rmqproof/suites/catalog"
)

// apiServer answers as a cluster would whose namespace mq is given, and notes what was asked of it.
type apiServer struct {
	given  string // the annotation of namespace mq
	node   string
	denies bool // every right
	mu     sync.Mutex
	wrote  []string
}

func (s *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var answer any
	switch path := r.URL.Path; {
	case path == "/api/v1/namespaces/kube-system":
		answer = map[string]any{"kind": "Namespace", "apiVersion": "v1", "metadata": map[string]any{"name": "kube-system", "uid": "this-cluster"}}
	case path == "/api/v1/namespaces/mq":
		answer = map[string]any{"kind": "Namespace", "apiVersion": "v1", "metadata": map[string]any{"name": "mq", "annotations": map[string]any{"rmqproof.io/faults-in-cluster": s.given}}}
	case path == "/api/v1/nodes":
		answer = map[string]any{"kind": "NodeList", "apiVersion": "v1", "items": []any{map[string]any{"metadata": map[string]any{"name": s.node}}}}
	case strings.HasSuffix(path, "/selfsubjectaccessreviews"):
		answer = map[string]any{"kind": "SelfSubjectAccessReview", "apiVersion": "authorization.k8s.io/v1", "status": map[string]any{"allowed": !s.denies}}
	default:
		answer = map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}
		w.WriteHeader(http.StatusNotFound)
	}
	if r.Method != http.MethodGet && !strings.HasSuffix(r.URL.Path, "/selfsubjectaccessreviews") {
		s.mu.Lock()
		s.wrote = append(s.wrote, r.Method+" "+r.URL.Path)
		s.mu.Unlock()
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

// kubeconfigTo makes a kubeconfig whose current context is a cluster that nobody named.
func kubeconfigTo(t *testing.T, url string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config")
	text := fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: current
clusters: [{name: c, cluster: {server: %[1]q}}, {name: prod-eu, cluster: {server: %[1]q}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: current, context: {cluster: c, user: u}}, {name: staging, context: {cluster: c, user: u}}, {name: alias, context: {cluster: prod-eu, user: u}}, {name: prod, context: {cluster: c, user: u}}]
`, url)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("KUBECONFIG", path)
}

// TestNoClusterIsDisturbedThatNobodyGave tries to get past each rail by the command line.
func TestNoClusterIsDisturbedThatNobodyGave(t *testing.T) {
	for _, c := range []struct {
		server *apiServer
		args   []string
		code   int
		want   string
	}{
		{&apiServer{given: "this-cluster", node: "w1"}, []string{"--namespace", "mq"}, exitUsage, "nothing to certify"}, // never the current context
		{&apiServer{given: "this-cluster", node: "w1"}, []string{"--context", "staging"}, exitRefused, "no namespace is given"},
		{&apiServer{given: "this-cluster", node: "w1"}, []string{"--context", "staging", "--namespace", "kube-system"}, exitRefused, "Kubernetes' own"},
		{&apiServer{given: "this-cluster", node: "w1"}, []string{"--context", "prod", "--namespace", "mq"}, exitRefused, `context "prod" looks like production`},
		{&apiServer{given: "this-cluster", node: "w1"}, []string{"--context", "alias", "--namespace", "mq"}, exitRefused, `cluster "prod-eu" looks like production`},
		{&apiServer{given: "this-cluster", node: "prod-w1"}, []string{"--context", "staging", "--namespace", "mq"}, exitRefused, `node "prod-w1" looks like production`},
		{&apiServer{given: "", node: "w1"}, []string{"--context", "staging", "--namespace", "mq"}, exitRefused, "annotate --overwrite namespace mq rmqproof.io/faults-in-cluster=this-cluster"},
		{&apiServer{given: "another", node: "w1"}, []string{"--context", "staging", "--namespace", "mq"}, exitRefused, `is "another"`},
		{&apiServer{given: "this-cluster", node: "w1", denies: true}, []string{"--context", "staging", "--namespace", "mq"}, exitRefused, "rmqproof rbac --namespace mq prints the roles"},
		{&apiServer{given: "this-cluster", node: "w1", denies: true}, []string{"--context", "staging", "--namespace", "mq", "--allow-nodes"}, exitRefused, "update nodes in the cluster"},
		{&apiServer{given: "this-cluster", node: "w1", denies: true}, []string{"--context", "staging", "--namespace", "mq", "--allow-privileged"}, exitRefused, "create pods in namespace rmqproof-helpers"},
		{&apiServer{given: "this-cluster", node: "w1"}, []string{"--context", "staging", "--namespace", "mq", "--abort-after", "0s"}, exitUsage, "--abort-after 0s"},
		{&apiServer{given: "this-cluster", node: "w1"}, []string{"--context", "nowhere", "--namespace", "mq"}, exitUsage, "no context nowhere"},
		{&apiServer{given: "this-cluster", node: "w1"}, []string{"--context", "staging", "--namespace", "mq", "-f", "x"}, exitUsage, "give one of them"},
		{&apiServer{given: "this-cluster", node: "w1"}, []string{"--context", "staging", "--namespace", "mq"}, exitUsage, "nothing in the input runs RocketMQ"}, // all rails passed
	} {
		server := httptest.NewServer(c.server)
		kubeconfigTo(t, server.URL)
		code, out := command(t, append([]string{"certify", "--profile", "pods"}, c.args...)...)
		if code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("%q: exit code %d, want %d; %q is not in %s", c.args, code, c.code, c.want, out)
		}
		server.Close()
		if len(c.server.wrote) > 0 {
			t.Errorf("%q: it wrote: %q", c.args, c.server.wrote)
		}
	}
}

// TestNodesAndPrivilegesAreAllowedOneByOne holds every scenario of the largest profile to what is allowed.
func TestNodesAndPrivilegesAreAllowedOneByOne(t *testing.T) {
	p, err := catalog.Latest("full")
	if err != nil {
		t.Fatal(err)
	}
	all, err := p.Scenarios(catalog.Default)
	if err != nil {
		t.Fatal(err)
	}
	runs := map[string]map[rails.Allow]bool{ // named ones, each of another kind
		"kill-master": {{}: true}, "evict-master": {{}: true}, "drain-node": {{}: false, {Nodes: true}: true}, "taint-node": {{Privileged: true}: false},
		"sigkill-master": {{}: false, {Nodes: true}: false, {Privileged: true}: true}, "cut-replication": {{}: false, {Privileged: true}: true},
		"stop-kubelet": {{Nodes: true}: false, {Privileged: true}: false, {Nodes: true, Privileged: true}: true}, "power-off-node": {{Nodes: true, Privileged: true}: false},
		"scale-master-to-zero": {{Nodes: true, Privileged: true}: false}, "rolling-upgrade": {{Nodes: true, Privileged: true}: false}, "reattach-same-node": {{Nodes: true, Privileged: true}: false},
	}
	for _, s := range all {
		for allow, want := range runs[s.Name] {
			if why := (&standing{Allow: allow}).forbids(s); (why == "") != want {
				t.Errorf("%s with %+v: %q", s.Name, allow, why)
			}
		}
		if (&standing{}).forbids(s) == "" && slices.ContainsFunc(s.Needs(), func(n chaos.Need) bool { return n != chaos.Evictions }) {
			t.Errorf("%s needs %v and is run where nothing was allowed", s.Name, s.Needs())
		}
	}
}

func TestAContextThatDoesNotAnswerIsInconclusive(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	kubeconfigTo(t, server.URL)
	if code, out := command(t, "certify", "--profile", "pods", "--context", "staging", "--namespace", "mq"); code != exitInconclusive || !strings.Contains(out, "refused") {
		t.Errorf("%d %s", code, out)
	}
}

func TestTheRolesArePrinted(t *testing.T) {
	code, out := command(t, "rbac", "--for", "pods", "--namespace", "mq")
	for _, want := range []string{"kind: ClusterRoleBinding", "namespace: rmqproof-agent", "- pods/exec", "name: rmqproof-certify"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("%d, and %q is not in\n%s", code, want, out)
		}
	}
	if strings.Contains(out, "secrets") || strings.Contains(out, `'*'`) {
		t.Errorf("more than is needed:\n%s", out)
	}
	for _, args := range [][]string{{"rbac"}, {"rbac", "--for", "bogus", "--namespace", "mq"}} {
		if code, out := command(t, args...); code != exitUsage {
			t.Errorf("%q: %d %s", args, code, out)
		}
	}
}
