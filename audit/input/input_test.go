package input

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

const service = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n"

func TestFilesInAllForms(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"one.yaml":      "# comment\n---\n" + service + "---\nscrape_configs: []\n",
		"sub/list.yml":  "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Service, metadata: {name: b}}\n",
		"sub/json.json": "{\n\t\"apiVersion\": \"v1\", \"kind\": \"Secret\",\n\t\"metadata\": {\"name\": \"c\"}}",
		"notes.txt":     "{{ not read }}",
	})
	set, err := Files(context.Background(), []string{dir, "-"}, strings.NewReader(service))
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Objects) != 4 || set.Passed != 1 {
		t.Fatalf("%d objects, %d passed over", len(set.Objects), set.Passed)
	}
	if at := set.Objects[0].Pos(); at.Line != 3 || filepath.Base(at.File) != "one.yaml" {
		t.Errorf("the first object is at %s", at)
	}
	if set.Objects[2].Name != "b" {
		t.Errorf("third object: %s", set.Objects[2])
	}
}

func TestRefusals(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"chart/Chart.yaml": "name: x", "kust/kustomization.yaml": "resources: []", "bad/a.yaml": "a: [", "t/x.yaml": "a: {{ .Values.x }}\n b",
		"remote/kustomization.yaml": "resources: ['https://example.com/x.yaml']",
		"git/kustomization.yaml":    "resources: ['github.com/apache/rocketmq//x?ref=1']",
		"above/kustomization.yaml":  "resources: [../secret.yaml]", "secret.yaml": service,
		"helm/kustomization.yaml": "helmCharts: [{name: x}]", "links/Chart.yaml": "apiVersion: v2\nname: c\nversion: 0.1.0\n",
	})
	link(t, filepath.Join(dir, "secret.yaml"), filepath.Join(dir, "links/templates.yaml"))
	for name, want := range map[string]string{
		"chart": "--chart", "kust": "-k", "bad": "line", "t": "--chart", "none": "no such file",
	} {
		_, err := Files(context.Background(), []string{filepath.Join(dir, name)}, nil)
		refused(t, name, want, err)
	}
	_, err := Chart(context.Background(), filepath.Join(dir, "links"), Release{})
	refused(t, "links", "out of the folder", err)
	for name, want := range map[string]string{"remote": "remote", "git": "remote", "above": "security", "helm": "helmCharts", "bad": "kustomization"} {
		_, err := Kustomization(filepath.Join(dir, name))
		refused(t, name, want, err)
	}
}

func link(t *testing.T, to, from string) {
	t.Helper()
	if err := os.Symlink(to, from); err != nil {
		t.Fatal(err)
	}
}

// TestLinks reads a folder as a mounted ConfigMap is laid out, with links of every other kind beside it.
func TestLinks(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"in/..2026/one.yaml": service, "in/sub/two.yaml": strings.ReplaceAll(service, "name: a", "name: b"), "secret.yaml": service, "out/x.yaml": service,
	})
	in := filepath.Join(dir, "in")
	link(t, "..2026", filepath.Join(in, "..data"))
	link(t, "..data/one.yaml", filepath.Join(in, "one.yaml"))
	link(t, "sub", filepath.Join(in, "again"))
	link(t, "..", filepath.Join(in, "sub/round"))
	link(t, "../secret.yaml", filepath.Join(in, "leaves.yaml"))
	link(t, filepath.Join(dir, "out"), filepath.Join(in, "folder-leaves"))
	link(t, "nowhere", filepath.Join(in, "broken.yaml"))
	set, err := Files(context.Background(), []string{in}, nil)
	if err != nil || len(set.Objects) != 2 {
		t.Fatalf("%v, %v", set.Objects, err)
	}
	var noted []string
	for _, n := range set.Notes {
		noted = append(noted, filepath.Base(n.Object))
	}
	slices.Sort(noted)
	if want := []string{"broken.yaml", "folder-leaves", "leaves.yaml"}; !slices.Equal(noted, want) {
		t.Errorf("noted %v", noted)
	}
	link(t, "in", filepath.Join(dir, "by-link"))
	if set, err = Files(context.Background(), []string{filepath.Join(dir, "by-link")}, nil); err != nil || len(set.Objects) != 2 {
		t.Errorf("through a link: %v, %v", set.Objects, err)
	}
}

func refused(t *testing.T, name, want string, err error) {
	t.Helper()
	var u *Unreadable
	if !errors.As(err, &u) || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: %v, want an unreadable input that mentions %q", name, err, want)
	}
}

func TestKustomizationKnowsItsSources(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"base/kustomization.yaml": "resources: [svc.yaml]\nconfigMapGenerator:\n- {name: conf, files: [b.conf]}\n",
		"base/svc.yaml":           "# top\n" + service + "spec:\n  ports:\n  - port: 1\n",
		"base/b.conf":             "x=1\ny=2\n",
		"over/kustomization.yaml": "namePrefix: p-\nresources: [../base]\npatches:\n- patch: |\n    apiVersion: v1\n    kind: Service\n    metadata: {name: a}\n    spec: {type: LoadBalancer}\n",
	})
	set, err := Kustomization(filepath.Join(dir, "over"))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range set.Objects {
		switch o.Kind {
		case "Service":
			if at := o.Value.Get("spec", "ports").Items()[0].Get("port").Pos(); at.Line != 7 || filepath.Base(at.File) != "svc.yaml" {
				t.Errorf("the port is at %s", at)
			}
			if o.Value.Get("spec", "type").Text() != "LoadBalancer" || o.Name != "p-a" {
				t.Errorf("%s was not patched", o)
			}
		case "ConfigMap":
			if at := o.Value.Get("data", "b.conf").LineOf(2); at.Line != 2 || filepath.Base(at.File) != "b.conf" {
				t.Errorf("the second key is at %s", at)
			}
		}
		if o.Value.Get("metadata", "annotations", originKey).Exists() {
			t.Errorf("%s keeps the origin annotation", o)
		}
	}
}

func TestChart(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"c/Chart.yaml": "apiVersion: v2\nname: c\nversion: 0.1.0\n", "c/values.yaml": "size: 1\n", "more.yaml": "size: 3\n",
		"c/templates/s.yaml": "apiVersion: v1\nkind: Service\nmetadata:\n  name: s-{{ .Values.size }}\n  namespace: {{ .Release.Namespace }}\n",
		"n/Chart.yaml":       "apiVersion: v2\nname: n\nversion: 0.1.0\n",
		"n/templates/s.yaml": "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}-{{ .Values.size }}-{{ index .Values.list 1 }}\n",
		"d/Chart.yaml":       "apiVersion: v2\nname: d\nversion: 0.1.0\n",
		"d/templates/s.yaml": "x: {{ required \"set the size\" .Values.size }}\n",
		"e/Chart.yaml":       "apiVersion: v2\nname: e\nversion: 0.1.0\ndependencies: [{name: redis, version: 1.0.0, repository: 'https://x'}]\n",
	})
	set, err := Chart(context.Background(), filepath.Join(dir, "c"), Release{Values: []string{filepath.Join(dir, "more.yaml")}, Namespace: "rmq"})
	if err != nil || len(set.Objects) != 1 || set.Objects[0].Name != "s-3" || set.Objects[0].Namespace != "rmq" {
		t.Fatalf("%v %v", set.Objects, err)
	}
	set, err = Chart(context.Background(), filepath.Join(dir, "n"), Release{Name: "mq", Set: []string{"size=7,list={a,b}"}})
	if err != nil || set.Objects[0].Name != "mq-7-b" {
		t.Errorf("%v %v", set.Objects, err)
	}
	_, err = Chart(context.Background(), filepath.Join(dir, "n"), Release{Set: []string{"size"}})
	refused(t, "n", "--set", err)
	_, err = Chart(context.Background(), filepath.Join(dir, "d"), Release{})
	refused(t, "d", "set the size", err)
	_, err = Chart(context.Background(), filepath.Join(dir, "e"), Release{})
	refused(t, "e", "missing in charts/ directory: redis", err)
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{service, "a: &a [*a]", "<<: {<<: x}", "kind: List\nitems:\n- kind: List", "{\"a\":\t1}", "? - : -"} {
		f.Add(seed)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		set, err := Parse([]byte(text), "x")
		if err != nil {
			return
		}
		for _, o := range set.Objects {
			_ = o.String() + o.Value.Get("metadata", "labels").Text()
			o.Value.Get("spec").Fields()
			o.Value.Get("data").Map()
		}
	})
}

// TestPlacesThatAreNotKnown renders a chart whose templates cannot be marked: places are then those of the rendered file,
// never a guess.
func TestPlacesThatAreNotKnown(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"c/Chart.yaml":       "apiVersion: v2\nname: c\nversion: 0.1.0\n",
		"c/templates/s.yaml": "# ⟦0⟧ is text of the chart\n{{- range list 1 2 }}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: s{{ . }}}\n{{- end }}\n",
	})
	set, err := Chart(context.Background(), filepath.Join(dir, "c"), Release{})
	if err != nil || len(set.Objects) != 2 {
		t.Fatalf("%v %v", set.Objects, err)
	}
	if at := set.Objects[1].Pos(); at.Line != -7 || !strings.HasSuffix(at.String(), "s.yaml, rendered line 7") {
		t.Errorf("the second Service is at %s", at)
	}
}

// TestMarksChangeNothing renders templates that do with text whatever charts do.
func TestMarksChangeNothing(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"c/Chart.yaml":  "apiVersion: v2\nname: c\nversion: 0.1.0\n",
		"c/values.yaml": "labels: {b: x, a: z}\ntext: \"k: {{ .Release.Name }}\\nl: 2\"\nactive: true\n",
		"c/templates/_h.tpl": "{{- define \"yes\" }}{{ if .Values.active }}a=b{{ end }}{{ end }}{{ define \"labels\" }}\napp: c\n{{ toYaml .Values.labels }}\n{{ end }}" +
			"{{ define \"conf\" }}one=1\n{{- if eq (include \"yes\" .) \"a=b\" }}\ntwo=2{{ end }}\n{{ end }}",
		"c/templates/s.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ include \"conf\" . | sha256sum | trunc 8 | quote }}\n  labels:\n    {{- include \"labels\" . | trim | nindent 4 }}\n" +
			"data:\n  {{- tpl .Values.text . | nindent 2 }}\n  conf: |-\n{{ include \"conf\" . | indent 4 }}\n  {{- with .Values.labels }}\n  a: {{ .a | upper | b64enc }}\n  {{- else }}\n  none: 1\n  {{- end }}\n  {{- $x := 3 }}\n  n: {{ $x | toString | toJson }}\n",
	})
	set, err := Chart(context.Background(), filepath.Join(dir, "c"), Release{})
	if err != nil || len(set.Objects) != 1 {
		t.Fatalf("%v %v", set.Objects, err)
	}
	o := set.Objects[0].Value
	for key, want := range map[string]int{"k": 8, "l": 8, "a": 12, "n": 17} {
		if v := o.Get("data", key); v.Pos().Line != want {
			t.Errorf("%s is at %s, want line %d", key, v.Pos(), want)
		}
	}
	for line, want := range []string{"_h.tpl:4", "_h.tpl:6"} {
		if at := o.Get("data", "conf").LineOf(line + 1); !strings.HasSuffix(at.String(), want) {
			t.Errorf("line %d of conf is at %s, want %s", line+1, at, want)
		}
	}
	if at := o.Get("metadata", "labels", "app").Pos(); !strings.HasSuffix(at.String(), "_h.tpl:2") {
		t.Errorf("the label is at %s", at)
	}
}
