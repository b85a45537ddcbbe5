package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// schemaFile makes the JSON Schema of a line.
func schemaFile(t table) ([]byte, error) {
	var names, refs, kinds []string
	for _, k := range t {
		names = append(names, fmt.Sprintf("%q", k.JSON()))
		refs = append(refs, fmt.Sprintf(`{"$ref": "#/$defs/%s"}`, k.JSON()))
		kinds = append(kinds, fmt.Sprintf("%q: %s", k.JSON(), kindSchema(k)))
	}
	text := fmt.Sprintf(`{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "One line of an rmqproof history in JSON Lines",
"description": "Unknown fields are kept; an unknown kind makes the history unreadable. An optional field that is null counts as absent. The run line comes first. The found lines of a scan stand before its scan line, which closes the reading of one queue on one replica.",
"type": "object", "required": ["kind"], "properties": {"kind": {"enum": [%s]}}, "oneOf": [%s], "$defs": {%s}}`,
		strings.Join(names, ","), strings.Join(refs, ","), strings.Join(kinds, ","))
	var out bytes.Buffer
	if err := json.Indent(&out, []byte(text), "", "  "); err != nil {
		return nil, fmt.Errorf("the schema: %w in\n%s", err, text)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

func kindSchema(k kind) string {
	required, properties, conditions := []string{`"kind"`}, []string{fmt.Sprintf(`"kind": {"const": %q}`, k.JSON())}, ""
	for _, f := range k.Fields {
		if f.JSON == "-" {
			continue
		}
		properties = append(properties, fmt.Sprintf("%s: %s", f.name(), f.schema()))
		switch f.Required {
		case "":
		case "true":
			required = append(required, f.name())
		default:
			conditions += k.condition(f)
		}
	}
	if conditions != "" {
		conditions = `, "allOf": [` + strings.TrimPrefix(conditions, ",") + "]"
	}
	return fmt.Sprintf(`{"description": %q, "type": "object", "required": [%s], "properties": {%s}%s}`,
		k.Doc, strings.Join(required, ","), strings.Join(properties, ","), conditions)
}

// schema is the field's own part. What is optional may be null.
func (f field) schema() string {
	parts := []string{}
	if s := f.typ().schema; strings.Contains(s, "%s") {
		low, high := f.bounds()
		parts = append(parts, fmt.Sprintf(s, low, high))
	} else if s != "" {
		parts = append(parts, s)
	}
	parts = append(parts, fmt.Sprintf(`"description": %q`, f.words()))
	s := "{" + strings.Join(parts, ", ") + "}"
	if typed, ok := strings.CutPrefix(s, `{"type": `); ok && f.Required == "" {
		name, rest, _ := strings.Cut(typed, ",")
		return fmt.Sprintf(`{"type": [%s, "null"],%s`, name, rest)
	}
	return s
}

// words is the field's description with its unit.
func (f field) words() string {
	if f.Type == "time.Duration" {
		return f.Doc + "; nanoseconds since the run's start"
	}
	return f.Doc
}

func (f field) bounds() (low, high string) {
	switch f.Type {
	case "uint32":
		low, high = "0", "4294967295"
	case "uint64":
		low, high = "0", "18446744073709551615"
	case "int32":
		low, high = "-2147483648", "2147483647"
	case "time.Duration":
		low, high = "-4611686018427387903", "4611686018427387903"
	default:
		low, high = "-9223372036854775808", "9223372036854775807"
	}
	if f.Max != "" {
		high = f.Max
	}
	return low, high
}

// condition is what makes the field required: another field's truth, or its value.
func (k kind) condition(f field) string {
	name, value, equal := strings.Cut(strings.TrimPrefix(f.Required, "r."), " == ")
	other, constant := k.field(name), "true"
	if equal {
		constant = fmt.Sprintf("%q", strings.ToLower(value))
	}
	return fmt.Sprintf(`,{"if": {"properties": {%s: {"const": %s}}}, "then": {"required": [%s]}}`, other.name(), constant, f.name())
}
