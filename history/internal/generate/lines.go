package main

import "fmt"

// readLineFile has the reader of the JSON Lines form.
func readLineFile(t table) string {
	c := &code{}
	c.f("// lineNames are the names of the kinds' fields as they stand in a line after another field, in the order of the\n// structs. Name 0 is the kind's own.")
	c.f("var lineNames = [lastCode + 1][]string{")
	for _, k := range t {
		c.f("code%s: {`,\"kind\":`,", k.Name)
		for _, f := range k.Fields {
			c.f("`,%s:`,", f.name())
		}
		c.f("},")
	}
	c.f("}\n")
	c.f("func codeOf(kind string) uint8 {\nswitch kind {")
	for _, k := range t {
		c.f("case %q:\nreturn code%s", k.JSON(), k.Name)
	}
	c.f("}\nreturn 0\n}\n")
	perCase(c, t, "// record reads the members of a line of the kind into the batch.\nfunc (p *lineParser) record(code uint8, b *batch) {\nswitch code {",
		"case code%[1]s:\nr := b.add%[1]s()\np.members%[1]s(r)\np.finish%[1]s(r)", "")
	for _, k := range t {
		members(c, k)
		finish(c, k)
	}
	return c.String()
}

// members writes first how fields are read that come in the usual order, then how they are read in any.
func members(c *code, k kind) {
	c.f("func (p *lineParser) members%[1]s(r *%[1]s) {", k.Name)
	for i, f := range k.Fields {
		if f.JSON == "-" {
			continue
		}
		name := fmt.Sprintf("`,%s:`", f.name())
		n := len(f.JSON) + 4
		c.f("if b := p.b[p.at:]; len(b) > %d && string(b[:%d]) == %s && b[%d] > ' ' && b[%d] != 'n' {", n, n, name, n, n)
		c.f("p.takes(%d, %d)\n%s\n}", i+1, n, readField(f, i+1))
	}
	c.f("for i := p.next(); i >= 0; i = p.next() {\nswitch i {\ncase 0:\np.text(0)")
	for i, f := range k.Fields {
		if f.JSON != "-" {
			c.f("case %d:\n%s", i+1, readField(f, i+1))
		}
	}
	c.f("default:\np.unknown(&r.Extra)\n}\n}\n}\n")
}

// readField reads the value of a field, whose name was read.
func readField(f field, place int) string {
	value, given := f.snippet(f.typ().read, "", place), ""
	if f.Inverse {
		value = "!" + value
	}
	if f.Given != "" {
		given = fmt.Sprintf("r.%s = true\n", f.Given)
	}
	return fmt.Sprintf("%sr.%s = %s", given, f.Go, value)
}

// finish writes what holds when all members were read: defaults, and what must have been there.
func finish(c *code, k kind) {
	c.f("func (p *lineParser) finish%[1]s(r *%[1]s) {", k.Name)
	required := uint64(0)
	for i, f := range k.Fields {
		switch bit := uint64(1) << (i + 1); {
		case f.Default != "":
			c.f("if p.given&%#x == 0 {\nr.%s = %s\n}", bit, f.Go, f.Default)
		case f.Required == "true":
			required |= bit
		case f.Required != "":
			c.f("if %s {\np.required(%#x)\n}", f.Required, bit)
		}
	}
	c.f("p.required(%#x)\n}\n", required)
}

// appendLineFile has the writer of the JSON Lines form.
func appendLineFile(t table) string {
	c := &code{}
	perCase(c, t, "// appendLine appends the record's line without its end.\nfunc appendLine(b []byte, r Record) []byte {\nswitch r := r.(type) {",
		"case *%[1]s:\nreturn append%[1]s(b, r)", "return b")
	for _, k := range t {
		c.f("func append%[1]s(b []byte, r *%[1]s) []byte {\nb = append(b, `{\"kind\":%[2]q`...)", k.Name, k.JSON())
		for _, f := range k.Fields {
			appendField(c, f)
		}
		c.f("return appendExtra(b, r.Extra)\n}\n")
	}
	return c.String()
}

func appendField(c *code, f field) {
	if f.JSON == "-" {
		return
	}
	t, value := f.typ(), "r."+f.Go
	zero := f.snippet(t.zero, value, 0)
	if f.Inverse {
		value = "!" + value
	}
	if f.Clamp {
		value = fmt.Sprintf("min(%s, %s)", value, f.Max)
	}
	write := fmt.Sprintf("b = append(b, `,%s:`...)\nb = %s", f.name(), f.snippet(t.line, value, 0))
	switch {
	case f.Given != "":
		c.f("if r.%s {\n%s\n}", f.Given, write)
	case f.Omit:
		c.f("if !(%s) {\n%s\n}", zero, write)
	default:
		c.f("%s", write)
	}
}
