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

// mayImport says which of our packages each of our packages may import outside its own folder. suites and cmd may import all.
var mayImport = map[string][]string{
	"history":   {"topology"},
	"verify":    {"history", "topology"},
	"chaos":     {"topology", "internal"},
	"manifests": {},
	"audit":     {"topology", "internal"},
	"topology":  {"workload/agentapi"}, // discover alone: topology itself is a leaf
	"internal":  {},
	"workload":  {"history", "topology", "internal"},
	"reports":   {"history", "verify", "topology", "internal"},
	"scenario":  {"history", "verify", "chaos", "topology", "internal"},
	"fixtures":  {"manifests", "chaos", "topology", "workload/agentapi", "internal"},
}

// onlyIn says which folders alone may import what is named.
var onlyIn = map[string][]string{
	"github.com/apache/rocketmq-client-go/v2": {"workload"},
	"github.com/onsi/ginkgo/v2":               {"suites"},
	"github.com/onsi/gomega":                  {"suites"},
}

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
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if why := forbidden(strings.TrimPrefix(p.ImportPath, module), imported); why != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, imported, why)
			}
		}
	}
}

func TestForbiddenImportsAreSeen(t *testing.T) {
	for _, pair := range [][2]string{
		{"history", module + "verify"}, {"chaos", module + "fixtures/rocketmq"}, {"fixtures/rocketmq", module + "workload"},
		{"fixtures/kindcluster", "github.com/apache/rocketmq-client-go/v2/producer"}, {"scenario", "github.com/onsi/gomega"},
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
	top, _, _ := strings.Cut(folder, "/")
	for prefix, folders := range onlyIn {
		if (imported == prefix || strings.HasPrefix(imported, prefix+"/")) && !slices.Contains(folders, top) {
			return "only " + strings.Join(folders, ", ") + " may"
		}
	}
	ours, isOurs := strings.CutPrefix(imported, module)
	allowed, restricted := mayImport[top]
	if !isOurs || !restricted || ours == top || strings.HasPrefix(ours, top+"/") {
		return ""
	}
	for _, a := range allowed {
		if ours == a || strings.HasPrefix(ours, a+"/") {
			return ""
		}
	}
	return "of ours it may import only [" + strings.Join(allowed, ", ") + "]"
}
