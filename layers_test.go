// Package rmqproof has no code of its own: its test is the rule of who may import whom.
package rmqproof

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/rmqproof/rmqproof/"

// mayImport says which of our packages each top-level folder may import outside itself. suites and cmd may import all.
var mayImport = map[string][]string{
	"topology":  {"workload/agentapi"}, // discover alone: see exactly
	"history":   {"topology"},
	"verify":    {"history", "topology"},
	"chaos":     {"topology", "internal"},
	"manifests": {},
	"audit":     {"topology", "internal"},
	"internal":  {},
	"workload":  {"history", "topology", "internal"},
	"reports":   {"history", "verify", "topology", "internal"},
	"scenario":  {"history", "verify", "chaos", "topology", "workload/agentapi", "internal"},
	"fixtures":  {"manifests", "chaos", "topology", "workload/agentapi", "audit", "internal", "history"}, // history: backup alone, see exactly
}

// exactly says all that a package may import of ours: the rule below the top level. A package that is not named follows
// its folder's rule alone.
var exactly = map[string][]string{
	"topology":          {},
	"topology/discover": {"topology", "workload/agentapi"},
	"history":           {"topology"},

	"verify/internal/sets":  {},
	"verify/internal/facts": {"history", "topology", "verify/availability", "verify/internal/sets"},
	"verify/availability":   {"history", "topology", "verify/internal/sets"},
	"verify/claims":         {"history", "topology", "verify/availability", "verify/internal"},

	"chaos":         {"topology"},
	"chaos/kube":    {"chaos", "topology", "internal"},
	"chaos/node":    {"chaos"},
	"chaos/ledger":  {"chaos"},
	"chaos/observe": {"chaos", "chaos/kube", "topology"},

	"audit/node":       {},
	"audit/shell":      {},
	"audit/keys":       {},
	"audit/properties": {},
	"audit/input":      {"audit/node"},
	"audit/model":      {"audit/input", "audit/keys", "audit/node", "audit/properties", "audit/shell", "topology"},
	"audit/promise":    {"audit/keys", "audit/model", "topology"},

	"workload/agentapi": {"topology"},
	"workload/remoting": {"history"},
	"workload/payload":  {},

	"reports/plot":        {"history", "reports/wording"},
	"reports/wording":     {},
	"reports/certificate": {"history", "internal/redact", "reports", "verify"},

	"fixtures/engine":                {"internal"},
	"fixtures/images/oci":            {},
	"fixtures/images/build":          {"fixtures/engine", "fixtures/images/oci", "internal"},
	"fixtures/kindcluster/owner":     {"internal"},
	"fixtures/kindcluster/provision": {"fixtures/images", "fixtures/kindcluster/owner", "internal"},
	"fixtures/podlogs":               {"internal"},
	"fixtures/csi":                   {"fixtures/csi/block", "fixtures/csi/store", "internal"}, // it runs inside the cluster: what it imports is in the agent's binary
	"fixtures/csi/block":             {"internal"},
	"fixtures/csi/store":             {"internal"},
	"fixtures/backup":                {"chaos", "fixtures/backup/archive", "fixtures/rocketmq", "history", "internal", "topology", "workload/agentapi"},
	"fixtures/backup/archive":        {}, // it runs inside the cluster, as csi does
	"fixtures/foreign":               {"audit/input", "audit/keys", "audit/model", "fixtures/rocketmq", "internal"},
	"fixtures/rocketmq":              {"chaos", "fixtures/kustomize", "fixtures/rocketmq/health", "internal", "manifests", "topology", "workload/agentapi"},

	"internal/await":  {},
	"internal/pods":   {},
	"internal/proc":   {},
	"internal/redact": {},
}

// onlyIn says which folders alone may import what is named.
var onlyIn = map[string][]string{
	"github.com/apache/rocketmq-client-go/v2": {"workload"},
	"github.com/onsi/ginkgo/v2":               {"suites"},
	"github.com/onsi/gomega":                  {"suites"},
	"github.com/in-toto/attestation":          {"reports"},
}

// withoutKubernetes are the packages that must not depend on Kubernetes, through whatever they import.
var withoutKubernetes = []string{"chaos", "history", "scenario", "topology", "verify/..."}

type goPackage struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func TestImportsFollowTheDesign(t *testing.T) {
	packages := listPackages(t)
	if len(packages) < len(mayImport) {
		t.Fatalf("go list names only %d packages", len(packages))
	}
	for _, p := range packages {
		folder := strings.TrimPrefix(p.ImportPath, module)
		for _, imported := range p.Imports {
			if why := forbidden(folder, imported); why != "" {
				t.Errorf("%s imports %s: %s", folder, imported, why)
			}
		}
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			if why := forbiddenOutside(folder, imported); why != "" {
				t.Errorf("a test of %s imports %s: %s", folder, imported, why)
			}
		}
	}
}

func TestForbiddenImportsAreSeen(t *testing.T) {
	for _, pair := range [][2]string{
		{"history", module + "verify"}, {"chaos", module + "fixtures/rocketmq"}, {"fixtures/rocketmq", module + "workload"},
		{"fixtures/kindcluster", "github.com/apache/rocketmq-client-go/v2/producer"}, {"scenario", "github.com/onsi/gomega"},
		{"topology", module + "workload/agentapi"}, {"chaos", module + "chaos/kube"}, {"audit/model", module + "audit/rules"},
		{"verify/claims", module + "verify"}, {"fixtures/images/oci", module + "fixtures/images/build"},
		{"reports/certificate", module + "audit/promise"}, {"reports/certificate", module + "suites/catalog"},
	} {
		if forbidden(pair[0], pair[1]) == "" {
			t.Errorf("%s may import %s, but the design forbids it", pair[0], pair[1])
		}
	}
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-tags", "e2e", "-json=ImportPath,Imports,TestImports,XTestImports", module+"...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", cmd, err)
	}
	var packages []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

// forbidden returns why the package in folder may not import what is named, or nothing.
func forbidden(folder, imported string) string {
	ours, isOurs := strings.CutPrefix(imported, module)
	all, ruled := exactly[folder]
	if isOurs && ruled && !slices.ContainsFunc(all, func(a string) bool { return within(ours, a) }) {
		return "of ours it may import only [" + strings.Join(all, ", ") + "]"
	}
	return forbiddenOutside(folder, imported)
}

// forbiddenOutside is the rule of top-level folders, which tests follow too.
func forbiddenOutside(folder, imported string) string {
	top, _, _ := strings.Cut(folder, "/")
	for prefix, folders := range onlyIn {
		if within(imported, prefix) && !slices.Contains(folders, top) {
			return "only " + strings.Join(folders, ", ") + " may"
		}
	}
	ours, isOurs := strings.CutPrefix(imported, module)
	allowed, restricted := mayImport[top]
	if !isOurs || !restricted || within(ours, top) || slices.ContainsFunc(allowed, func(a string) bool { return within(ours, a) }) {
		return ""
	}
	return "of ours it may import only [" + strings.Join(allowed, ", ") + "]"
}

func within(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

func TestWhatKnowsNoKubernetes(t *testing.T) {
	for _, pattern := range withoutKubernetes {
		cmd := exec.Command("go", "list", "-deps", "./"+pattern)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", cmd, err)
		}
		for dependency := range strings.FieldsSeq(string(out)) {
			if within(dependency, "k8s.io") || within(dependency, "sigs.k8s.io") {
				t.Errorf("%s depends on %s", pattern, dependency)
				break
			}
		}
	}
}
