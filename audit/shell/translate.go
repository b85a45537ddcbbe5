package shell

import "strings"

// tr translates, deletes and squeezes characters.
func tr(_ *machine, c call) string {
	o := parse(c.args[1:], "")
	if !Known(c.in) {
		return Mark(Why(c.in))
	}
	if len(o.names) == 0 || len(o.names) > 2 || !Known(strings.Join(o.names, "")) {
		return Mark("the output of tr")
	}
	from := characters(o.names[0])
	if o.flags['c'] || o.flags['C'] {
		return complement(o, from, c.in)
	}
	switch {
	case o.flags['d']:
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune(from, r) {
				return -1
			}
			return r
		}, c.in)
	case len(o.names) == 1 && o.flags['s']:
		return squeeze(c.in, from)
	case len(o.names) == 1:
		return Mark("the output of tr")
	}
	to := characters(o.names[1])
	out := strings.Map(func(r rune) rune { return translated(r, from, to) }, c.in)
	if o.flags['s'] {
		return squeeze(out, to)
	}
	return out
}

// complement works on every character that the set does not hold.
func complement(o options, from, text string) string {
	to := ""
	if len(o.names) == 2 {
		to = characters(o.names[1])
	}
	if to == "" && !o.flags['d'] {
		return Mark("the output of tr")
	}
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(from, r):
			return r
		case o.flags['d']:
			return -1
		}
		return rune(to[len(to)-1])
	}, text)
}

// translated is the counterpart of a character; the last one of a shorter set stands for the rest.
func translated(r rune, from, to string) rune {
	all, with := []rune(from), []rune(to)
	for i, each := range all {
		if each == r && len(with) > 0 {
			return with[min(i, len(with)-1)]
		}
	}
	return r
}

// squeeze makes one of a run of the same character.
func squeeze(text, set string) string {
	var out strings.Builder
	last := rune(-1)
	for _, r := range text {
		if r != last || !strings.ContainsRune(set, r) {
			out.WriteRune(r)
		}
		last = r
	}
	return out.String()
}

// characters lists a set with its classes, ranges and escapes.
func characters(set string) string {
	const lower, digits = "abcdefghijklmnopqrstuvwxyz", "0123456789"
	upper := strings.ToUpper(lower)
	set = strings.NewReplacer(
		"[:lower:]", lower, "[:upper:]", upper, "[:digit:]", digits, "[:alpha:]", upper+lower, "[:alnum:]", digits+upper+lower,
		"[:space:]", "\t\n\v\f\r ", "[:blank:]", "\t ", `\n`, "\n", `\t`, "\t", `\r`, "\r", `\\`, `\`,
	).Replace(set)
	var out strings.Builder
	all := []rune(set)
	for i := 0; i < len(all); i++ {
		if i+2 < len(all) && all[i+1] == '-' && all[i] < all[i+2] && all[i+2]-all[i] < 256 {
			for r := all[i]; r <= all[i+2]; r++ {
				out.WriteRune(r)
			}
			i += 2
			continue
		}
		out.WriteRune(all[i])
	}
	return out.String()
}
