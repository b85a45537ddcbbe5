// Package properties reads Java properties files as java.util.Properties does, with the line of each key.
package properties

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Entry is one key of a file. Blanks after the value belong to it, as in Java.
type Entry struct {
	Key, Value string
	// Line counts from 1.
	Line int
}

// ends makes every end of a line one character.
var ends = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// Parse returns the entries in the order of the file; of two equal keys the later one is in force.
func Parse(text string) []Entry {
	var entries []Entry
	if strings.Contains(text, "\r") {
		text = ends.Replace(text)
	}
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		first := i
		logical := trimLeft(lines[i])
		if logical == "" || logical[0] == '#' || logical[0] == '!' {
			continue
		}
		if continues(logical) {
			logical, i = joined(lines, i)
		}
		key, value := split(logical)
		entries = append(entries, Entry{Key: unescape(key), Value: unescape(value), Line: first + 1})
	}
	return entries
}

// joined puts the lines from one that continues together, and returns the last of them.
func joined(lines []string, i int) (string, int) {
	var whole strings.Builder
	logical := trimLeft(lines[i])
	for ; continues(logical) && i+1 < len(lines); logical = trimLeft(lines[i]) {
		whole.WriteString(logical[:len(logical)-1])
		i++
	}
	whole.WriteString(logical)
	return whole.String(), i
}

func trimLeft(line string) string { return strings.TrimLeft(line, " \t\f") }

// continues says whether the line ends in an odd number of backslashes.
func continues(line string) bool {
	count := 0
	for i := len(line) - 1; i >= 0 && line[i] == '\\'; i-- {
		count++
	}
	return count%2 == 1
}

// split cuts at the first unescaped equals sign, colon or blank.
func split(line string) (string, string) {
	end := len(line)
	for i := 0; i < len(line); i++ {
		if line[i] == '\\' {
			i++
			continue
		}
		if strings.IndexByte("=: \t\f", line[i]) >= 0 {
			end = i
			break
		}
	}
	rest := trimLeft(line[end:])
	if rest != "" && (rest[0] == '=' || rest[0] == ':') {
		rest = trimLeft(rest[1:])
	}
	return line[:end], rest
}

func unescape(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			if text[i] != '\\' {
				out.WriteByte(text[i])
			}
			continue
		}
		i++
		switch text[i] {
		case 't':
			out.WriteByte('\t')
		case 'n':
			out.WriteByte('\n')
		case 'r':
			out.WriteByte('\r')
		case 'f':
			out.WriteByte('\f')
		case 'u':
			i += unicode(text[i+1:], &out)
		default:
			out.WriteByte(text[i])
		}
	}
	return out.String()
}

// unicode writes the character of four hexadecimal digits and returns how many were taken.
func unicode(digits string, out *strings.Builder) int {
	if len(digits) < 4 {
		return 0
	}
	code, err := strconv.ParseUint(digits[:4], 16, 32)
	if err != nil {
		return 0
	}
	if r := rune(code); utf8.ValidRune(r) {
		out.WriteRune(r)
	}
	return 4
}
