package catalog

import (
	"fmt"
	"go/build/constraint"
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/scenario"
)

// Everything is the filter of an ordinary run: all but what has to be caught, what stands on another topology, what
// is labelled full, and the bugs of the track record.
const Everything = "!negative-control && !mode && !full && !track-record"

// Everywhere is the filter that leaves nothing out.
const Everywhere = "smoke || !smoke"

// Select returns the scenarios whose labels, or whose name, a filter holds for: "smoke", "pod || node", "!control",
// "(pod, storage) && !smoke", "kill-master". Comma is the same as ||. An unknown word is an error that lists the known
// ones, and a filter that holds for nothing is one, too.
func Select(all []scenario.Scenario, filter string) ([]scenario.Scenario, error) {
	known := Labels(all)
	if strings.TrimSpace(filter) == "" {
		return nil, fmt.Errorf("an empty label filter: take labels of %s, or names of scenarios (rmqproof plan lists them)", strings.Join(known, ", "))
	}
	holds, err := parse(filter, func(word string) bool {
		return slices.Contains(known, word) || slices.ContainsFunc(all, func(s scenario.Scenario) bool { return s.Name == word })
	})
	if err != nil {
		return nil, fmt.Errorf("label filter %q: %w; the labels are %s, and a scenario's name is one, too (rmqproof plan lists them)", filter, err, strings.Join(known, ", "))
	}
	var some []scenario.Scenario
	for _, s := range all {
		if holds.Eval(func(tag string) bool {
			return tag == escape(s.Name) || slices.ContainsFunc(s.Labels, func(l string) bool { return tag == escape(l) })
		}) {
			some = append(some, s)
		}
	}
	if len(some) == 0 {
		return nil, fmt.Errorf("label filter %q holds for no scenario", filter)
	}
	return some, nil
}

// Labels lists the labels that scenarios have, sorted.
func Labels(all []scenario.Scenario) []string {
	var labels []string
	for _, s := range all {
		labels = append(labels, s.Labels...)
	}
	slices.Sort(labels)
	return slices.Compact(labels)
}

// parse reads a filter as a Go build constraint, which has the same grammar but for the comma, and no hyphen in words.
func parse(filter string, known func(string) bool) (constraint.Expr, error) {
	expr, err := constraint.Parse("//go:build " + strings.ReplaceAll(escape(filter), ",", " || "))
	if err != nil {
		return nil, fmt.Errorf("it cannot be read: words joined by &&, || and !, with parentheses")
	}
	var unknown []string
	words(expr, func(tag string) {
		if word := unescape(tag); !known(word) {
			unknown = append(unknown, word)
		}
	})
	if len(unknown) > 0 {
		return nil, fmt.Errorf("there is no label %q", unknown)
	}
	return expr, nil
}

func words(e constraint.Expr, visit func(tag string)) {
	switch e := e.(type) {
	case *constraint.TagExpr:
		visit(e.Tag)
	case *constraint.NotExpr:
		words(e.X, visit)
	case *constraint.AndExpr:
		words(e.X, visit)
		words(e.Y, visit)
	case *constraint.OrExpr:
		words(e.X, visit)
		words(e.Y, visit)
	}
}

func escape(s string) string   { return strings.ReplaceAll(s, "-", "__") }
func unescape(s string) string { return strings.ReplaceAll(s, "__", "-") }
