package claims

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Section groups claims for the reader, in this order.
type Section string

// The sections.
const (
	Messages   Section = "Messages"
	Offsets    Section = "Offsets and order"
	Replicas   Section = "Replicas and masters"
	Consumers  Section = "Consumers"
	Experiment Section = "The experiment"
	Service    Section = "The service"
)

var sections = []Section{Messages, Offsets, Replicas, Consumers, Experiment, Service}

// Kind is a row of the list of claims.
type Kind struct {
	ID      string
	Section Section
	Doc     Doc
	Default Claim                              // nil: the claim needs a figure
	Parse   func(figure string) (Claim, error) // nil: the claim takes no figure
	Figure  string                             // what the figure is, such as "30s"
}

var kinds []Kind

// list adds a row. The order of the files does not matter.
func list(k Kind) Kind {
	kinds = append(kinds, k)
	return k
}

// listBare adds a claim without a figure.
func listBare(s Section, id string, doc Doc, applies func(*Facts) bool, judge func(*Facts) Finding) Claim {
	c := &bare{id, doc, applies, judge}
	list(Kind{ID: id, Section: s, Doc: doc, Default: c})
	return c
}

// Kinds lists every claim there is, by section and id: the order in which they are judged and shown.
func Kinds() []Kind {
	out := slices.Clone(kinds)
	slices.SortFunc(out, compareKinds)
	return out
}

func compareKinds(a, b Kind) int {
	return cmp.Or(cmp.Compare(slices.Index(sections, a.Section), slices.Index(sections, b.Section)), cmp.Compare(a.ID, b.ID))
}

// IDs lists the ids of every claim there is.
func IDs() (ids []string) {
	for _, k := range Kinds() {
		ids = append(ids, k.ID)
	}
	return ids
}

// Named gives the row of the claim with this id.
func Named(id string) (Kind, bool) {
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.ID == id })
	if i < 0 {
		return Kind{}, false
	}
	return kinds[i], true
}

// All lists every claim that needs no figure, as it is judged by default.
func All() (out []Claim) {
	for _, k := range Kinds() {
		if k.Default != nil {
			out = append(out, k.Default)
		}
	}
	return out
}

// Parse reads a claim's text: "no-acked-loss", "resumes-within=30s".
func Parse(text string) (Claim, error) {
	id, figure, has := strings.Cut(strings.TrimSpace(text), "=")
	k, known := Named(id)
	switch {
	case !known:
		return nil, fmt.Errorf("no claim is named %q; the claims are %s", id, strings.Join(IDs(), ", "))
	case has && k.Parse == nil:
		return nil, fmt.Errorf("claim %q: it takes no figure", text)
	case has:
		c, err := k.Parse(figure)
		if err != nil {
			return nil, fmt.Errorf("claim %q: %w", text, err)
		}
		return c, nil
	case k.Default == nil:
		return nil, fmt.Errorf("claim %q needs a figure, such as %s=%s", text, id, k.Figure)
	}
	return k.Default, nil
}

// ParseAll reads the texts of claims, in the order in which they are judged. Of one claim that stands twice the last
// counts.
func ParseAll(texts []string) ([]Claim, error) {
	var out []Claim
	var errs []error
	for _, t := range texts {
		c, err := Parse(t)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out = append(slices.DeleteFunc(out, func(o Claim) bool { return o.ID() == c.ID() }), c)
	}
	return Sorted(out), errors.Join(errs...)
}

// Sorted gives claims in the order in which they are judged.
func Sorted(l []Claim) []Claim {
	order := IDs()
	slices.SortStableFunc(l, func(a, b Claim) int { return slices.Index(order, a.ID()) - slices.Index(order, b.ID()) })
	return l
}

// docOf gives the doc of a listed claim.
func docOf(id string) Doc {
	k, _ := Named(id)
	return k.Doc
}

// duration reads a figure that is a time above 0.
func duration(figure string) (time.Duration, error) {
	d, err := time.ParseDuration(figure)
	if err == nil && d <= 0 {
		err = fmt.Errorf("%s is not above 0", figure)
	}
	return d, err
}

// number reads a figure that is a number from 0 up.
func number(figure string) (int64, error) {
	n, err := strconv.ParseInt(figure, 10, 64)
	if err == nil && n < 0 {
		err = fmt.Errorf("%s is below 0", figure)
	}
	return n, err
}

// Texts gives the texts of claims, as a history's run line stores them.
func Texts(l []Claim) []string {
	out := make([]string, len(l))
	for i, c := range l {
		out[i] = c.String()
	}
	return out
}
