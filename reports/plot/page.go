package plot

import (
	"embed"
	"fmt"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/reports/wording"
)

// The chart is the picture that is in the page anyway: the script changes the part that it shows, moves its labels, and
// says what is under the pointer. It draws nothing.
//
//go:embed assets/*.js
var assets embed.FS

// Style is that of a page which holds a picture, light or dark as its reader prefers.
func Style() string { return colours(":root") + pageCSS + pictureCSS }

// Script joins the chart's files into one function, so that nothing of it is global.
func Script() string {
	var b strings.Builder
	b.WriteString("(() => {\n")
	for _, name := range []string{"1-data.js", "2-view.js", "3-hover.js", "4-input.js"} {
		part, err := assets.ReadFile("assets/" + name)
		if err != nil {
			panic("plot: not embedded: " + name) // the embed directive above names it
		}
		b.Write(part)
	}
	b.WriteString("})();\n")
	return b.String()
}

// Notes says what the picture merged, if anything.
func (s *Series) Notes() string {
	n := s.Sent.Total()
	parts := []string{fmt.Sprintf("Drawn from all %s and %s.", wording.Plural(n, "send", "sends"), wording.Plural(s.probed.Total(), "probe", "probes"))}
	if w := max(s.intended.width(), s.actual.width()); w > 0 {
		parts = append(parts, fmt.Sprintf("Sends are merged into cells of %s by a %dth of a power of ten of latency, each with its number and its slowest send; none is left out.", wording.Span(w), rowsPerDecade))
	} else if n > 0 {
		parts = append(parts, "Each mark of the latency panel is one send.")
	}
	coarsest := time.Duration(0)
	for _, g := range s.groups {
		coarsest = max(coarsest, g.probes.width)
	}
	if coarsest > 0 {
		parts = append(parts, fmt.Sprintf("Strips have columns of %s: a column in which any probe failed is drawn as failed, at least 2 px wide.", wording.Span(coarsest)))
	}
	if s.left > 0 {
		parts = append(parts, fmt.Sprintf("%s of broker groups beyond the first %d are not drawn.", wording.Plural(s.left, "record", "records"), groupsLimit))
	}
	return strings.Join(parts, " ")
}
