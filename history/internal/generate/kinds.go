package main

import "strings"

// lower is the kind's name as the beginning of a Go name.
func (k kind) lower() string { return strings.ToLower(k.Name) }

// slab is where a batch keeps the kind's records.
func (k kind) slab() string { return k.lower() + "s" }

// kindsFile has what speaks of every kind: names, numbers, batches, checks.
func kindsFile(t table) string {
	c := &code{}
	c.f("// The kinds of record.\nconst (")
	for _, k := range t {
		c.f("Kind%s Kind = %q", k.Name, k.JSON())
	}
	c.f(")\n\n// Numbers of the kinds in the blocks. They never change their meaning.\nconst (")
	for _, k := range t {
		c.f("code%s = %d", k.Name, k.Number)
	}
	c.f("lastCode = %d\n)\n", len(t))
	c.f("var kindNames = [lastCode + 1]Kind{")
	for _, k := range t {
		c.f("code%s: Kind%s,", k.Name, k.Name)
	}
	c.f("}\n")
	for _, k := range t {
		c.f("// Kind is %s.\nfunc (*%s) Kind() Kind { return Kind%s }\n", k.JSON(), k.Name, k.Name)
	}
	c.f("// batch holds records in the order in which they were written.\ntype batch struct {\nbatchState")
	for _, k := range t {
		c.f("%s []%s", k.slab(), k.Name)
	}
	c.f("}")
	batchMethods(c, t)
	for _, k := range t {
		checkKind(c, k)
	}
	return c.String()
}

func batchMethods(c *code, t table) {
	perKind(c, t, "func (b *batch) reset() {\nb.batchState.reset()", "b.%[2]s = b.%[2]s[:0]")
	perCase(c, t, "// next gives the next record; there must be one.\nfunc (b *batch) next() Record {\nn, code := b.step()\nswitch code {", "case code%[1]s:\nreturn &b.%[2]s[n]", "return nil")
	perCase(c, t, "// count is how many records of a kind the batch holds.\nfunc (b *batch) count(code uint8) int {\nswitch code {", "case code%[1]s:\nreturn len(b.%[2]s)", "return 0")
	perCase(c, t, "// take appends a copy of the record.\nfunc (b *batch) take(r Record) {\nswitch r := r.(type) {",
		"case *%[1]s:\nb.%[2]s = append(b.%[2]s, *r)\nb.order = append(b.order, code%[1]s)", "")
	perCase(c, t, "// drop forgets the last record.\nfunc (b *batch) drop() {\nswitch b.pop() {", "case code%[1]s:\nb.%[2]s = b.%[2]s[:len(b.%[2]s)-1]", "")
	perCase(c, t, "// clone gives a copy of the record that outlives its batch.\nfunc clone(r Record) Record {\nswitch r := r.(type) {", "case *%[1]s:\nc := *r\nreturn &c", "return r")
	perCase(c, t, "// check says why the record cannot be written.\nfunc check(r Record) error {\nswitch r := r.(type) {", "case *%[1]s:\nreturn r.check()",
		`return fmt.Errorf("a record of type %T cannot be written", r)`)
	for _, k := range t {
		c.f("func (b *batch) add%[1]s() *%[1]s {\nb.%[2]s = append(b.%[2]s, %[1]s{})\nb.order = append(b.order, code%[1]s)\nreturn &b.%[2]s[len(b.%[2]s)-1]\n}\n", k.Name, k.slab())
	}
}

// perKind writes a function with one line for each kind.
func perKind(c *code, t table, head, each string) {
	c.f("%s", head)
	for _, k := range t {
		c.f("%s", strings.NewReplacer("%[1]s", k.Name, "%[2]s", k.slab()).Replace(each))
	}
	c.f("}\n")
}

// perCase writes a function that is a switch over the kinds.
func perCase(c *code, t table, head, each, last string) {
	perKind(c, t, head, each)
	text := strings.TrimSuffix(c.String(), "\n\n")
	c.Reset()
	c.f("%s\n%s\n}\n", text, last)
}

// checkKind writes what must hold before a record of the kind is written.
func checkKind(c *code, k kind) {
	c.f("func (r *%s) check() error {", k.Name)
	for _, f := range k.Fields {
		if s := f.typ().check; s != "" {
			c.f("if err := %s; err != nil {\nreturn err\n}", f.snippet(s, "r."+f.Go, 0))
		}
		if f.Max != "" && !f.Clamp {
			c.f("if r.%s > %s {\nreturn fmt.Errorf(\"%s %%d is above %%d\", r.%s, uint64(%s))\n}", f.Go, f.Max, f.JSON, f.Go, f.Max)
		}
	}
	c.f("return r.Extra.check(Kind%s)\n}\n", k.Name)
}
