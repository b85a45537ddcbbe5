package main

import (
	"errors"
	"fmt"
	"strings"
)

const (
	pageBegin = "<!-- generated from history/record.go -->"
	pageEnd   = "<!-- end of what is generated -->"
)

// pageFile writes the tables of fields into the page, between the two marks.
func pageFile(t table, old string) ([]byte, error) {
	before, rest, ok := strings.Cut(old, pageBegin)
	_, after, ends := strings.Cut(rest, pageEnd)
	if !ok || !ends {
		return nil, errors.New("docs/history.md has no marks between which its tables go")
	}
	c := &code{}
	for _, k := range t {
		c.f("### %s\n\n%s\n\n| field | type | must be there | meaning |\n|---|---|---|---|", k.JSON(), k.Doc)
		for _, f := range k.Fields {
			if f.JSON != "-" {
				c.f("| `%s` | %s | %s | %s |", f.JSON, f.word(), f.must(k), f.Doc)
			}
		}
		c.f("")
	}
	return []byte(before + pageBegin + "\n" + c.String() + pageEnd + after), nil
}

// word is the field's type for readers.
func (f field) word() string {
	switch f.Type {
	case "time.Duration":
		return "time, ns"
	case "time.Time":
		return "RFC 3339"
	case "json.RawMessage":
		return "JSON"
	case "bool":
		return "boolean"
	case "string", "Phase", "Outcome":
		return "string"
	case "[]string":
		return "list of strings"
	case "[]int64":
		return "list of numbers"
	}
	return "number"
}

func (f field) must(k kind) string {
	switch f.Required {
	case "":
		return ""
	case "true":
		return "yes"
	}
	name, value, equal := strings.Cut(strings.TrimPrefix(f.Required, "r."), " == ")
	if !equal {
		return fmt.Sprintf("where `%s`", k.field(name).JSON)
	}
	return fmt.Sprintf("where `%s` is %s", k.field(name).JSON, strings.ToLower(value))
}
