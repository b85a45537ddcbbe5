package main

// rowsFile has the reader of blocks of version 1, in which records stand one after the other and fields in the order of
// the struct. Fields that came later stand among the unknown ones.
func rowsFile(t table) string {
	c := &code{}
	perCase(c, t, "// row reads a record of the kind into the batch.\nfunc (p *payload) row(code uint8, b *batch) {\nswitch code {",
		"case code%[1]s:\np.row%[1]s(b.add%[1]s())", "")
	for _, k := range t {
		c.f("func (p *payload) row%[1]s(r *%[1]s) {", k.Name)
		mask := uint64(1)
		for i, f := range k.Fields {
			if !f.V1 {
				continue
			}
			mask |= 1 << (i + 1)
			value := f.snippet(f.typ().row, "", 0)
			if f.Clamp {
				value = "min(" + value + ", " + f.Max + ")"
			}
			if f.Rel != "" {
				value = "r." + f.Rel + " + " + value
			}
			c.f("r.%s = %s", f.Go, value)
			if f.Type == "time.Duration" {
				c.f("p.inBounds(%s, r.%s)", f.name(), f.Go)
			}
			if f.Max != "" && !f.Clamp {
				c.f("p.most(%s, uint64(r.%s), %s)", f.name(), f.Go, f.Max)
			}
		}
		c.f("p.rest(code%s, %#x)\np.lines.members%[1]s(r)\np.lines.finish%[1]s(r)\n}\n", k.Name, mask)
	}
	return c.String()
}
