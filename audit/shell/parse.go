package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Scripts keeps the scripts that were parsed last: the pods of a workload run the same, and often those of many workloads.
// Nothing changes a parsed script.
type Scripts map[Script]*syntax.File

// Script is the text of a script with its name.
type Script struct{ name, text string }

// maxKept bounds how many scripts are kept, maxLong how long each of them is, in bytes.
const (
	maxKept = 64
	maxLong = 1 << 15
)

// parse reads a script in bash's language, or takes it from those that were read before.
func (m *machine) parse(text, name string) (*syntax.File, error) {
	key := Script{name, text}
	if file, ok := m.world.Scripts[key]; ok {
		return file, nil
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), name)
	if err == nil && m.world.Scripts != nil && len(text) <= maxLong {
		if len(m.world.Scripts) >= maxKept {
			clear(m.world.Scripts)
		}
		m.world.Scripts[key] = file
	}
	return file, err //nolint:wrapcheck // it is noted with the script's name
}
