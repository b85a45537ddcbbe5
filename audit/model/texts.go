package model

import (
	"github.com/rmqproof/rmqproof/audit/input"
	"github.com/rmqproof/rmqproof/audit/node"
)

// KeyText is one key of a ConfigMap or Secret with its decoded text.
type KeyText struct {
	Key, Text string
	Value     node.Value
}

// Texts returns what a ConfigMap or Secret holds, by key.
func Texts(o input.Object) []KeyText {
	data := contents(o)
	var all []KeyText
	for _, key := range sortedKeys(data) {
		all = append(all, KeyText{key, data[key].text, data[key].value})
	}
	return all
}

// Provides says whether a mounted ConfigMap or Secret has a file of the name.
func (m *Model) Provides(w *Workload, mount Mount, name string) bool {
	_, ok := m.inVolume(w, mount.Volume)[name]
	return ok || len(m.Absent(w, mount)) > 0
}
