package rules

import (
	"embed"
	"strings"
)

//go:embed layouts/*.yaml
var layouts embed.FS

// Layout returns a sound layout by its name: the ground on which a rule's example makes its one change.
func Layout(name string) (string, error) {
	data, err := layouts.ReadFile("layouts/" + name + ".yaml")
	return string(data), err
}

// Break returns the layout with the example's mistake in it.
func (e Example) Break(layout string) string {
	if e.Sound == "" && e.Broken != "" {
		return strings.TrimRight(layout, "\n") + "\n---\n" + e.Broken + "\n"
	}
	for _, c := range append([]Change{{e.Sound, e.Broken}}, e.Also...) {
		if c.Sound != "" {
			layout = strings.Replace(layout, c.Sound, c.Broken, 1)
		}
	}
	return layout
}
