package claims

import (
	"slices"
	"strings"
	"testing"
)

func TestClaimsCarryTheirFigures(t *testing.T) {
	texts := []string{"availability-at-least=0.99", "availability-at-least=1", "availability-at-least=0.99", " resumes-within=7s", "enough-traffic=500", "duplicates-at-most=3", "no-acked-loss", "no-acked-loss"}
	l, err := ParseAll(texts)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range l {
		got = append(got, c.String())
	}
	want := []string{"no-acked-loss", "duplicates-at-most=3", "enough-traffic=500", "availability-at-least=0.99", "resumes-within=7s"}
	if !slices.Equal(got, want) {
		t.Errorf("claims %v, want %v", got, want)
	}
}

func TestBadClaimsAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"no-loss": `"no-loss"`, "no-acked-loss=1": "takes no figure", "resumes-within=x": "invalid duration", "resumes-within=0s": "not above 0",
		"enough-traffic=many": "invalid syntax", "availability-at-least=0": "not a share", "availability-at-least=1.01": "not a share",
		"availability-at-least=NaN": "not a share", "duplicates-at-most=x": "invalid syntax", "duplicates-at-most=-1": "below 0", "duplicates-at-most": "needs a figure",
	} {
		if _, err := ParseAll([]string{text}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// TestEveryClaimIsWhole needs no list of claims: each says of itself what it is, and reads back from its text.
func TestEveryClaimIsWhole(t *testing.T) {
	for _, k := range Kinds() {
		if d := k.Doc; d.Means == "" || d.Guarantee == "" || d.Inconclusive == "" || d.NextStep == "" || !slices.Contains(sections, k.Section) {
			t.Errorf("%s is not explained: %+v", k.ID, k)
		}
		if k.Parse != nil {
			c, err := k.Parse(k.Figure)
			if err != nil || c.ID() != k.ID || c.Doc() != k.Doc {
				t.Errorf("%s=%s: %v, %v", k.ID, k.Figure, c, err)
				continue
			}
			again, err := Parse(c.String())
			if err != nil || again != c {
				t.Errorf("%s reads back as %v, %v", c, again, err)
			}
		}
		if k.Default != nil {
			if again, err := Parse(k.Default.String()); err != nil || again != k.Default {
				t.Errorf("%s reads back as %v, %v", k.Default, again, err)
			}
		}
	}
	if _, ok := Named("no-loss"); ok {
		t.Error("a claim that is none is listed")
	}
}
