package claims

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the claims into docs/judging.md")

const (
	page  = "../../docs/judging.md"
	begin = "<!-- claims: written by go test ./verify/claims -update -->\n"
	end   = "<!-- end of claims -->\n"
)

// markdown writes every claim as it explains itself, section by section.
func markdown() string {
	var b strings.Builder
	section := Section("")
	for _, k := range Kinds() {
		if k.Section != section {
			section = k.Section
			fmt.Fprintf(&b, "\n### %s\n", section)
		}
		name := k.ID
		if k.Parse != nil {
			name += "=" + k.Figure
		}
		fmt.Fprintf(&b, "\n**%s.** %s\n*Stands on:* %s\n*Inconclusive* when %s.\n*Next step:* %s\n", name, k.Doc.Means, k.Doc.Guarantee, k.Doc.Inconclusive, k.Doc.NextStep)
	}
	return b.String() + "\n"
}

func TestThePageHasEveryClaim(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	written, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no place for the claims", page)
	}
	if written == markdown() {
		return
	}
	if !*update {
		t.Fatalf("%s does not say what the claims say of themselves: run go test ./verify/claims -update", page)
	}
	if err := os.WriteFile(page, []byte(before+begin+markdown()+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
