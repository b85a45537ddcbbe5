package plot

import (
	_ "embed"
	"strings"
)

//go:embed assets/page.css
var pageCSS string

//go:embed assets/picture.css
var pictureCSS string

// theme is every colour, for light and for dark. Outcomes differ in hue and in brightness, and no fact is told by
// colour alone: outages carry their duration, faults their name, verdicts their word.
var theme = [][3]string{
	{"page", "#f4f5f7", "#0e1217"},
	{"card", "#ffffff", "#161c23"},
	{"edge", "#dfe3e8", "#28313c"},
	{"text", "#1b222b", "#e4e9ef"},
	{"muted", "#5d6875", "#93a0ae"},
	{"grid", "#e3e7ec", "#28313c"},
	{"code", "#f0f2f5", "#10161c"},
	{"ok", "#1f8a8c", "#35b0a7"},
	{"failed", "#cf3b3b", "#f26d68"},
	{"unknown", "#c98a06", "#e5ac36"},
	{"fault", "#7a4fc0", "#8f69d6"},
	{"calm", "#97a3b1", "#66727f"},
	{"p50", "#123f73", "#8cc2ff"},
	{"p99", "#b0247a", "#f58ac8"},
	{"accent", "#2b6cb0", "#63a4e8"},
	{"valid", "#17794a", "#3fbf80"},
	{"violated", "#c02f3a", "#f2727b"},
	{"inconclusive", "#9a6200", "#e2a84a"},
}

// colours declares the theme for the root: the reader's preference, unless data-theme overrules it.
func colours(root string) string {
	light, dark := declare(1), declare(2)
	return root + "{color-scheme:light;" + light + "}\n" +
		"@media (prefers-color-scheme: dark){" + root + `:not([data-theme="light"]){color-scheme:dark;` + dark + "}}\n" +
		root + `[data-theme="dark"]{color-scheme:dark;` + dark + "}\n"
}

func declare(column int) string {
	var b strings.Builder
	for _, c := range theme {
		b.WriteString("--" + c[0] + ":" + c[column] + ";")
	}
	return b.String()
}
