// Package shell follows a container's start script far enough to know which programs it starts, with which
// arguments, environment and files. Nothing is executed. What cannot be known before the pod runs is carried
// along as a mark inside the text, with the reason, and never replaced by a guess.
package shell

import (
	"regexp"
	"strings"
)

// World is what the script finds in its container.
type World struct {
	// Env is the environment, HOSTNAME included.
	Env map[string]string
	// Complete says that Env holds every variable: an unset one is then empty, otherwise it is unknown.
	Complete bool
	// File returns the text of a file that the manifests provide.
	File func(path string) (string, bool)
	// Folder says whether a path is a folder of the container, as far as that is known; nil knows none.
	Folder func(path string) bool
	// Dir is the working directory.
	Dir string
	// Scripts keeps what was parsed for other pods; nil keeps nothing.
	Scripts Scripts
}

// Command is a program that the script starts.
type Command struct {
	Args []string
	Env  map[string]string
	Dir  string
	// Line is that of the script, from 1.
	Line int
	// Background marks a program that the shell does not wait for.
	Background bool
	// ByShell says that a shell reads the program as a script, which it also finds in the working directory.
	ByShell bool
	// Maybe marks a program behind a condition that cannot be decided beforehand.
	Maybe bool
	// Above lists the processes between the container's first one and this, outermost first: "sh", "tini".
	Above []string
	// Discards says that its output goes to /dev/null.
	Discards bool
	// Files is what the script had written when it started the program.
	Files map[string]string
}

// Trace is everything that a start command does.
type Trace struct {
	Commands []Command
	// Files is what the script had written when it ended.
	Files map[string]string
	// Idle is the command with which the script stays alive without a server in the foreground.
	Idle string
	// Traps says that the script handles signals itself.
	Traps bool
	// Unknown lists what could not be followed.
	Unknown []string
	// Reads holds the names of the variables that the script mentions.
	Reads map[string]bool
	// Steps counts the commands that were followed.
	Steps int
}

// The marks lie in a private area of Unicode and are removed from every input.
const (
	markOpen  = "\uE000"
	markClose = "\uE001"
)

var marks = regexp.MustCompile(markOpen + "([^" + markClose + "]*)" + markClose)

// Mark returns text that stands for a value unknown for the given reason.
func Mark(reason string) string { return markOpen + Clean(reason) + markClose }

// Clean removes marks and what looks like their parts.
func Clean(text string) string {
	if !strings.Contains(text, markOpen) && !strings.Contains(text, markClose) {
		return text
	}
	return strings.NewReplacer(markOpen, "", markClose, "").Replace(text)
}

// Known says whether the text holds no mark.
func Known(text string) bool { return !strings.Contains(text, markOpen) }

// Why returns the reason of the first mark, "" when the text is known.
func Why(text string) string {
	if Known(text) {
		return ""
	}
	if found := marks.FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}

// Show returns the text with each mark as a readable "‹reason›".
func Show(text string) string { return marks.ReplaceAllString(text, "‹$1›") }

// Symbols of values that each pod knows of itself and that differ from pod to pod.
const (
	PodIP    = "<podIP>"
	HostIP   = "<hostIP>"
	NodeName = "<nodeName>"
)
