package certificate

import (
	"fmt"
	"strings"

	"github.com/rmqproof/rmqproof/reports/wording"
	"github.com/rmqproof/rmqproof/verify"
)

// headline is the certificate in a sentence.
func (c Certificate) headline() string {
	what := fmt.Sprintf("%s, under profile %s (%s)", c.Configuration.Name, c.Profile, wording.Plural(int64(len(c.Scenarios)), "scenario", "scenarios"))
	switch {
	case c.Certified:
		return "CERTIFIED: " + what + ": every scenario is valid, no promise was broken, every demand was met."
	case c.Verdict == verify.Violated:
		return "NOT CERTIFIED: " + what + "."
	}
	return "NOT CERTIFIED, INCONCLUSIVE: " + what + ": it was not proved."
}

// facts are what a reader needs to know of what was tested, and with what.
func (c Certificate) facts() [][2]string {
	out := [][2]string{
		{"configuration", c.Configuration.Name}, {"digest of its manifests", "sha256:" + c.Configuration.Digest},
		{"profile", c.Profile.String()}, {"RocketMQ", c.Profile.releases()},
		{"rmqproof", c.Tool.Version}, {"digest of the program", "sha256:" + c.Tool.Digest}, {"seed", fmt.Sprint(c.Seed)},
	}
	if !c.Started.IsZero() {
		out = append(out, [2]string{"started", c.Started.UTC().Format("2006-01-02 15:04:05 MST")})
	}
	for _, k := range sortedKeys(c.Environment) {
		out = append(out, [2]string{strings.TrimPrefix(k, configurationWord), c.Environment[k]})
	}
	return out
}

// markdown words the certificate: verdict and broken promises first.
func (c Certificate) markdown() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", plain(c.headline()))
	bullets(&b, "Why", c.Reasons)
	fmt.Fprint(&b, "\n## Scenarios\n\n| scenario | promised | demanded | seen | verdict | recovery time | recovery point | longest outage |\n|---|---|---|---|---|--:|--:|--:|\n")
	for _, s := range c.Scenarios {
		v := s.view()
		fmt.Fprintf(&b, "| **%s**: %s | %s | %s | %s | %s | %s | %s | %s |\n", plain(s.Name), plain(s.Title), plain(v.Promised), plain(strings.Join(v.Demanded, "; ")),
			plain(v.Seen), plain(v.Verdict), plain(v.Recovery), plain(v.Point), plain(v.Outage))
	}
	fmt.Fprintf(&b, "\n%s\n", plain(definitions))
	for _, p := range c.promised() {
		fmt.Fprintf(&b, "\nPromised under %s: %s\n", plain(p[0]), plain(p[1]))
	}
	bullets(&b, "Deviations", orNone(c.Deviations))
	bullets(&b, "Left out of the bundle", c.LeftOut)
	fmt.Fprint(&b, "\n## What was tested\n\n| | |\n|---|---|\n")
	for _, f := range c.facts() {
		fmt.Fprintf(&b, "| %s | %s |\n", plain(f[0]), plain(f[1]))
	}
	return []byte(b.String())
}

const definitions = "Recovery time runs from a fault's start until the slowest broker group, and the clients, are served stably again. Recovery point: " +
	"how old the oldest lost acknowledgement was when the fault began. Longest outage: of any broker group, by its probes."

func bullets(b *strings.Builder, head string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n", head)
	for _, l := range lines {
		fmt.Fprintf(b, "- %s\n", plain(l))
	}
}

func orNone(lines []string) []string {
	if len(lines) == 0 {
		return []string{"none"}
	}
	return lines
}

var markup = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;", "|", `\|`, "#", `\#`, "&", "&amp;", "\r", " ", "\n", " ")

// plain makes a text mean itself in Markdown, on one line.
func plain(s string) string { return markup.Replace(wording.Printable(s)) }

// Text is the certificate for a terminal: the verdict, why it is not certified, and a line for each scenario.
func (c Certificate) Text() string {
	var b strings.Builder
	fmt.Fprintln(&b, wording.Printable(c.headline()))
	for _, r := range c.Reasons {
		fmt.Fprintf(&b, "  %s\n", wording.Printable(r))
	}
	for _, s := range c.Scenarios {
		v := s.view()
		fmt.Fprintf(&b, "%-24s %-12s %s; recovery time %s, recovery point %s, longest outage %s\n", s.Name, v.Verdict, wording.Printable(v.Seen), v.Recovery, v.Point, v.Outage)
	}
	return b.String()
}
