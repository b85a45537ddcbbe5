package main

import (
	"fmt"
	"slices"
)

// columnsFile has the writers and readers of blocks.
func columnsFile(t table) string {
	c := &code{}
	perCase(c, t, "func (w *blockWriter) putKind(code uint8, b *batch) {\nswitch code {", "case code%[1]s:\nw.put%[1]s(b.%[2]s)", "")
	perCase(c, t, "func (r *blockReader) getKind(code uint8, n int, b *batch) {\nheld := &b.held[code]\nswitch code {",
		"case code%[1]s:\nb.%[2]s = room(b.%[2]s, n, held)\nr.get%[1]s(b.%[2]s, held)", "")
	for _, k := range t {
		putKind(c, k)
		getKind(c, k)
	}
	return c.String()
}

// columns are the kind's fields in the order of their numbers, in which blocks hold them, and the unknown fields as 0.
func (k kind) columns() []field {
	fields := slices.Clone(k.Fields)
	slices.SortFunc(fields, func(a, b field) int { return a.Number - b.Number })
	return fields
}

func putKind(c *code, k kind) {
	c.f("func (w *blockWriter) put%s(s []%s) {\nn := len(s)", k.Name, k.Name)
	c.f("h, v := []uint16(nil), w.values[0][:n]")
	for _, f := range k.columns() {
		c.f("// %s", f.Go)
		if f.Context {
			c.f("v = w.values[%d][:n]", f.Number)
		}
		putContexts(c, k, f)
		c.f("for i := range s {\nr := &s[i]")
		c.f("v[i] = %s", putValue(f))
		if f.Given != "" {
			c.f("if !r.%s {\nv[i] = 0\n}", f.Given)
		}
		c.f("}\nw.put(%d, v, h)", f.Number)
		if f.Context {
			c.f("v = w.values[0][:n]")
		}
		if len(f.By) > 0 {
			c.f("h = nil")
		}
	}
	c.f("for i := range s {\nv[i] = w.texts.extra(s[i].Extra)\n}\nw.put(0, v, h)\n}\n")
}

func putContexts(c *code, k kind, f field) {
	if len(f.By) == 0 {
		return
	}
	c.f("h = w.contexts(n)")
	for _, by := range f.By {
		c.f("mix(h, w.values[%d][:n], isFlat(w.values[%d][:n]))", k.field(by).Number, k.field(by).Number)
	}
}

func putValue(f field) string {
	t := f.typ()
	value := f.snippet(t.to, "r."+f.Go, 0)
	switch {
	case t.column == "text":
		return fmt.Sprintf("w.texts.text(%d, %s)", f.Number, value)
	case t.column == "json":
		return fmt.Sprintf("w.texts.json(%s, %s)", f.name(), value)
	case f.Rel != "":
		return fmt.Sprintf("uint64(r.%s - r.%s)", f.Go, f.Rel)
	case f.Clamp:
		return fmt.Sprintf("min(%s, %s)", value, f.Max)
	}
	return value
}

func getKind(c *code, k kind) {
	c.f("func (r *blockReader) get%s(s []%s, held *[maxColumns]held) {\nn := len(s)\nh, v := []uint16(nil), []uint64(nil)", k.Name, k.Name)
	for _, f := range k.columns() {
		slot := 0
		if f.Context {
			slot = f.Number
		}
		if len(f.By) > 0 {
			c.f("h = r.contexts(n)")
			for _, by := range f.By {
				c.f("mix(h, r.scratch[%[1]d][:n], r.flats[%[1]d])", k.field(by).Number)
			}
		}
		c.f("v = r.get(%d, %d, n, h)", f.Number, slot)
		if len(f.By) > 0 {
			c.f("h = nil")
		}
		getField(c, f)
	}
	c.f("v = r.get(0, 0, n, h)\nr.jsons(\"unknown fields\", v)")
	c.f("if !held[0].numbers(r.flat && v[0] == 0, v) {\nfor i, v := range v {\ns[i].Extra = r.extra(code%s, r.strings[v])\n}\n}\n}\n", k.Name)
}

// getField writes the loop that brings a column into the records.
func getField(c *code, f field) {
	t := f.typ()
	switch {
	case t.column == "text":
		c.f("r.texts(%s, v)\nif !held[%d].strings(r.flat, v, r.strings) {\nv = v[:len(s)]\nfor i := range s {\ns[i].%s = %s\n}\n}", f.name(), f.Number, f.Go, f.snippet(t.from, "r.strings[v[i]]", 0))
		return
	case t.column == "json":
		c.f("r.jsons(%s, v)\nfor i, v := range v {\ns[i].%s = %s\n}", f.name(), f.Go, f.snippet(t.from, "r.strings[v]", 0))
		return
	}
	if most := f.most(); most != "" {
		c.f("r.most(%s, v, %s)", f.name(), most)
	} else if f.Type == "int32" {
		c.f("r.int32s(%s, v)", f.name())
	}
	value := f.snippet(t.from, "v[i]", 0)
	switch {
	case f.Rel != "":
		c.f("v = v[:len(s)]\nfor i := range s {\nt := s[i].%s + %s\nif beyond(t) {\nr.beyond(%s, t)\n}\ns[i].%s = t\n}", f.Rel, value, f.name(), f.Go)
	case f.Given != "":
		c.f("if !held[%d].numbers(r.flat && v[0] == 0, v) {\nv = v[:len(s)]\nfor i := range s {\nif s[i].%s = 0; s[i].%s {\ns[i].%s = %s\n}\n}\n}", f.Number, f.Go, f.Given, f.Go, value)
	default:
		if t.column == "time" {
			c.f("r.times(%s, v)", f.name())
		}
		c.f("if !held[%d].numbers(r.flat, v) {\nv = v[:len(s)]\nfor i := range s {\ns[i].%s = %s\n}\n}", f.Number, f.Go, value)
	}
}
