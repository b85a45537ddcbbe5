package shell

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// stub stands in for a server: it writes down how it was started.
const stub = `#!/bin/sh
{
  printf 'run %s' "${0##*/}"
  for a in "$@"; do printf '\037%s' "$a"; done
  printf '\036'
  env | grep -E '^(T_|NAMESRV_ADDR=|JAVA_OPT_EXT=)' | sort
  printf '\035'
} >> "$RECORD"
`

// given are the files that every script finds.
var given = map[string]string{
	"cm/broker.conf":   "brokerName=broker-${INDEX}\nbrokerId=@ID@\n# a comment\nbrokerRole=ASYNC_MASTER\n\nnamesrvAddr=$T_NAMES\n",
	"cm/env.sh":        "export T_FROM=file\nPLAIN=yes\n",
	"cm/no-end":        "last=1",
	"cm/list":          "one 1\ntwo 2\nthree 3\n",
	"scripts/start.sh": "#!/bin/bash\necho \"args=$# first=$1 all=$*\" > \"$ROOT/out\"\nexec mqbroker \"$@\"\n",
}

// sandbox is a folder of its own in which a script is run for real, with stubs for all that is no tool of texts.
type sandbox struct {
	root string
	env  map[string]string
}

func newSandbox(t *testing.T) *sandbox {
	t.Helper()
	root := t.TempDir()
	s := &sandbox{root: root, env: map[string]string{
		"HOSTNAME": "mq-broker-2", "T_NAMES": "names-0:9876;names-1:9876", "T_EMPTY": "", "T_TWO": "a  b", "ROOT": root, "HOME": root + "/home",
	}}
	for _, dir := range []string{"bin", "work", "home", "etc", "cm", "scripts"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	files := map[string]string{
		"bin/hostname": "#!/bin/sh\necho \"$HOSTNAME\"\n", "bin/sleep": "#!/bin/sh\n", "bin/chown": "#!/bin/sh\n",
		"bin/mqbroker": stub, "bin/mqnamesrv": stub, "bin/java": stub, "work/mqbroker": stub, "bin/mqcontroller": stub,
	}
	for name, text := range given {
		files[name] = text
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o755); err != nil { //nolint:gosec // they are run
			t.Fatal(err)
		}
	}
	return s
}

// result is what a script leaves: its files, and the servers that it starts.
type result struct {
	files    map[string]string
	commands []string
}

// real runs the script by bash in an environment that holds nothing else.
func (s *sandbox) real(t *testing.T, script string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // for a script that never ends; none is meant to
	defer cancel()
	c := exec.CommandContext(ctx, "bash", "-c", "ulimit -f 4096; ulimit -t 20\n"+script)
	c.Dir = filepath.Join(s.root, "work")
	c.Env = []string{"PATH=" + s.root + "/bin:/usr/bin:/bin", "LC_ALL=C", "RECORD=" + s.root + "/record"}
	for name, value := range s.env {
		c.Env = append(c.Env, name+"="+value)
	}
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Run(); err != nil && ctx.Err() != nil {
		t.Fatalf("the script does not end: %s", out.String())
	}
	r := result{files: map[string]string{}}
	record, _ := os.ReadFile(s.root + "/record") // a script may start nothing
	for _, run := range strings.Split(string(record), "\035") {
		if run != "" {
			r.commands = append(r.commands, strings.TrimSpace(run))
		}
	}
	err := filepath.WalkDir(s.root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name := strings.TrimPrefix(p, s.root+"/")
		data, err := os.ReadFile(p)
		if text := string(data); err == nil && given[name] != text && !strings.HasPrefix(name, "bin/") && name != "record" && name != "work/mqbroker" {
			r.files[name] = text
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// followed is what the interpreter says of the same script.
func (s *sandbox) followed(script string) (result, Trace) {
	env := map[string]string{}
	for name, value := range s.env {
		env[name] = value
	}
	trace := Follow([]string{"bash", "-c", "true\n" + script}, World{Env: env, Complete: true, Dir: s.root + "/work",
		Folder: func(name string) bool { return name == s.root+"/cm" || name == s.root+"/etc" || name == s.root+"/work" },
		File: func(name string) (string, bool) {
			text, ok := given[strings.TrimPrefix(name, s.root+"/")]
			return text, ok
		}})
	r := result{files: map[string]string{}}
	for name, text := range trace.Files {
		short := strings.TrimPrefix(name, s.root+"/")
		if given[short] != text {
			r.files[short] = text
		}
	}
	for _, c := range trace.Commands {
		line := "run " + filepath.Base(c.Args[0])
		for _, a := range c.Args[1:] {
			line += "\037" + a
		}
		r.commands = append(r.commands, strings.TrimSpace(line+"\036"+strings.Join(kept(c.Env), "\n")))
	}
	return r, trace
}

// kept lists the variables that the stubs write down.
func kept(env map[string]string) []string {
	var all []string
	for name, value := range env {
		if strings.HasPrefix(name, "T_") || name == "NAMESRV_ADDR" || name == "JAVA_OPT_EXT" {
			first, _, _ := strings.Cut(value, "\n") // as the stub's grep sees it
			all = append(all, name+"="+first)
		}
	}
	slices.Sort(all)
	return all
}

// same says whether a text that was followed is the real one; a mark stands for anything.
func same(followed, real string) bool {
	if Known(followed) {
		return followed == real
	}
	var expr strings.Builder
	last := 0
	for _, at := range marks.FindAllStringIndex(followed, -1) {
		expr.WriteString(regexp.QuoteMeta(followed[last:at[0]]) + "(?s:.*)")
		last = at[1]
	}
	expr.WriteString(regexp.QuoteMeta(followed[last:]))
	return regexp.MustCompile("^" + expr.String() + "$").MatchString(real)
}

// differences compares both results. Where the interpreter says that it did not follow something, it may say less.
func differences(mine, real result, trace Trace) []string {
	var all []string
	for name, text := range real.files {
		if got, ok := mine.files[name]; !ok && len(trace.Unknown) == 0 {
			all = append(all, fmt.Sprintf("%s is not written; it is %q", name, text))
		} else if ok && !same(got, text) {
			all = append(all, fmt.Sprintf("%s is %q, not %q", name, text, Show(got)))
		}
	}
	for name, text := range mine.files {
		if _, ok := real.files[name]; !ok && Known(text) && given[name] == "" {
			all = append(all, fmt.Sprintf("%s is not there; it is followed as %q", name, Show(text)))
		}
	}
	if len(mine.commands) != len(real.commands) && !maybe(trace) {
		all = append(all, fmt.Sprintf("%d servers are started, %d followed: %q and %q", len(real.commands), len(mine.commands), real.commands, mine.commands))
		return all
	}
	for i := 0; i < len(real.commands) && !maybe(trace); i++ {
		if !same(mine.commands[i], real.commands[i]) {
			all = append(all, fmt.Sprintf("a server is started by %q, not %q", real.commands[i], Show(mine.commands[i])))
		}
	}
	return all
}

func maybe(trace Trace) bool {
	return len(trace.Unknown) > 0 || slices.ContainsFunc(trace.Commands, func(c Command) bool { return c.Maybe })
}

// known says whether nothing was left open.
func (r result) known(trace Trace) bool {
	if maybe(trace) {
		return false
	}
	for _, text := range r.files {
		if !Known(text) {
			return false
		}
	}
	return Known(strings.Join(r.commands, ""))
}

// needsTools skips where the tools of a start script are not installed.
func needsTools(t *testing.T) {
	t.Helper()
	for _, tool := range []string{"bash", "sed", "awk", "envsubst"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("needs %s: the scripts are run for real", tool)
		}
	}
}

// TestAgainstTheRealShell runs start scripts of all styles by bash, sed, awk and envsubst, and compares the files and
// commands that come out with what is followed. All of these must be known to the last character.
func TestAgainstTheRealShell(t *testing.T) {
	needsTools(t)
	scripts := startScripts(t)
	if len(scripts) < 60 {
		t.Errorf("%d scripts", len(scripts))
	}
	for _, each := range scripts {
		name, script, _ := strings.Cut(each, "\n")
		t.Run(name, func(t *testing.T) {
			s := newSandbox(t)
			mine, trace := s.followed(script)
			for _, d := range differences(mine, s.real(t, script), trace) {
				t.Error(d)
			}
			if !mine.known(trace) {
				t.Errorf("not all is known: %q %q %q", trace.Unknown, mine.files, mine.commands)
			}
		})
	}
}

// startScripts reads the scripts of a folder's file, each below a line of dashes with its name.
func startScripts(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("testdata/scripts.txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimPrefix(string(data), "#--- "), "\n#--- ")
}
