package shell

import (
	"regexp"
	"strconv"
	"strings"
)

// address selects lines: by number, the last one, or by an expression.
type address struct {
	line  int
	last  bool
	match *regexp.Regexp
}

// edit is one command of a sed script.
type edit struct {
	from, to *address
	not      bool
	verb     byte
	match    *regexp.Regexp
	with     string
	global   bool
	print    bool
	nth      int
	text     string
}

// program is a sed script; quiet is -n.
type program struct {
	edits []edit
	quiet bool
}

// cycle is what becomes of one line.
type cycle struct {
	n, total int
	line     string
	printed  []string // before the line
	after    []string
	deleted  bool
	quit     bool
	// bare says that the last thing printed is the line itself: without an end where the input has none.
	bare bool
}

// run applies the script to each line.
func (p program) run(text string) string {
	if text == "" {
		return ""
	}
	ended := strings.HasSuffix(text, "\n")
	all := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	within := make([]int, len(p.edits))
	var out []string
	open := false // whether the last thing written is the input's last line, which has no end
	for i, line := range all {
		c := &cycle{n: i + 1, total: len(all), line: line}
		p.edit(c, within)
		if !c.deleted && !p.quiet {
			c.printed, c.bare = append(c.printed, c.line), true
		}
		if len(c.after) > 0 {
			c.printed, c.bare = append(c.printed, c.after...), false
		}
		out = append(out, c.printed...)
		if len(c.printed) > 0 {
			open = c.bare && !ended && i == len(all)-1
		}
		if c.quit || len(out) > maxText {
			break
		}
	}
	joined := strings.Join(out, "\n")
	if len(out) > 0 && !open {
		joined += "\n"
	}
	return joined
}

func (p program) edit(c *cycle, within []int) {
	for i, e := range p.edits {
		if c.deleted || c.quit {
			return
		}
		if e.selects(c, &within[i]) == e.not {
			continue
		}
		e.do(c, within[i] > 0)
		if len(c.line) > maxText {
			c.line = Mark("a text in the start script grows without end")
		}
	}
}

// selects says whether a line is addressed; in holds the end of a range that has begun: its line, or -1 when an expression
// ends it.
func (e edit) selects(c *cycle, in *int) bool {
	switch {
	case e.from == nil:
		return true
	case e.to == nil:
		return e.from.is(c)
	case *in == 0:
		if !e.from.is(c) {
			return false
		}
		if e.to.match != nil || e.to.last && c.n < c.total || e.to.line > c.n {
			*in = 1
		}
		return true
	}
	if e.to.is(c) || e.to.line > 0 && c.n >= e.to.line {
		*in = 0
		return e.to.line == 0 || c.n == e.to.line
	}
	return true
}

func (a *address) is(c *cycle) bool {
	switch {
	case a.last:
		return c.n == c.total
	case a.match != nil:
		return a.match.MatchString(c.line)
	}
	return a.line == c.n
}

// do runs one command on the line; inside says that it stands within a range that goes on.
func (e edit) do(c *cycle, inside bool) {
	switch e.verb {
	case 'd':
		c.deleted = true
	case 'p':
		c.printed, c.bare = append(c.printed, c.line), true
	case 'q':
		c.quit = true
	case '=':
		c.printed, c.bare = append(c.printed, strconv.Itoa(c.n)), false
	case 'a':
		c.after = append(c.after, e.text)
	case 'i':
		c.printed, c.bare = append(c.printed, e.text), false
	case 'c':
		c.deleted = true
		if !inside || e.not {
			c.printed, c.bare = append(c.printed, e.text), false
		}
	case 's':
		if changed, done := e.substitute(c.line); done {
			c.line = changed
			if e.print {
				c.printed, c.bare = append(c.printed, changed), true
			}
		}
	}
}

// substitute replaces the first match, the nth, or all from the nth on.
func (e edit) substitute(line string) (string, bool) {
	var out strings.Builder
	last, done := 0, false
	for i, at := range e.match.FindAllStringSubmatchIndex(line, -1) {
		if i+1 < e.nth {
			continue
		}
		out.WriteString(line[last:at[0]])
		out.Write(e.match.ExpandString(nil, e.with, line, at))
		last, done = at[1], true
		if !e.global {
			break
		}
	}
	return out.String() + line[last:], done
}

// basicExpr compiles a POSIX expression. In a basic one a group is \( \) and a bare + or ? is plain text.
func basicExpr(text string, extended bool) (*regexp.Regexp, bool) {
	if len(text) > 256 || !Known(text) {
		return nil, false
	}
	flags := ""
	for strings.HasPrefix(text, "(?i)") {
		flags, text = "(?i)", text[4:]
	}
	if !extended {
		text = fromBasic(text)
	}
	expr, err := regexp.Compile(flags + strings.NewReplacer(`\<`, `\b`, `\>`, `\b`).Replace(text))
	if err == nil {
		expr.Longest()
	}
	return expr, err == nil
}

// fromBasic writes a basic expression as an extended one. Brackets stay as they are.
func fromBasic(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			i++
			if strings.IndexByte("(){}|+?", text[i]) < 0 {
				out.WriteByte('\\')
			}
			out.WriteByte(text[i])
		case text[i] == '[':
			end := bracketEnd(text, i)
			out.WriteString(strings.ReplaceAll(text[i:end], `\`, `\\`))
			i = end - 1
		case strings.IndexByte("(){}|+?", text[i]) >= 0, text[i] == '*' && (i == 0 || text[i-1] == '^'):
			out.WriteString(`\` + text[i:i+1])
		default:
			out.WriteByte(text[i])
		}
	}
	return out.String()
}

// bracketEnd is the offset behind a bracket expression that begins at i.
func bracketEnd(text string, i int) int {
	j := i + 1
	if j < len(text) && text[j] == '^' {
		j++
	}
	if j < len(text) && text[j] == ']' {
		j++
	}
	for j < len(text) && text[j] != ']' {
		if strings.HasPrefix(text[j:], "[:") {
			if end := strings.Index(text[j:], ":]"); end > 0 {
				j += end + 1
			}
		}
		j++
	}
	return min(j+1, len(text))
}

// replacement turns & and \1 into the form of the regexp package; changes of case are not followed.
func replacement(with string) (string, bool) {
	var out strings.Builder
	for i := 0; i < len(with); i++ {
		switch {
		case with[i] == '$':
			out.WriteString("$$")
		case with[i] == '&':
			out.WriteString("${0}")
		case with[i] == '\\' && i+1 < len(with):
			i++
			switch {
			case with[i] >= '0' && with[i] <= '9':
				out.WriteString("${" + with[i:i+1] + "}")
			case with[i] == 'n':
				out.WriteByte('\n')
			case with[i] == 't':
				out.WriteByte('\t')
			case strings.IndexByte("ULulE", with[i]) >= 0:
				return "", false
			default:
				out.WriteByte(with[i])
			}
		default:
			out.WriteByte(with[i])
		}
	}
	return out.String(), true
}
