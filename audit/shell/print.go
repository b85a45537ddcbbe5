package shell

import (
	"fmt"
	"path"
	"strconv"
	"strings"
)

// echo joins its arguments. Without -e backslashes stay in bash and in busybox; dash and its kind read them, and which of
// them a bare sh is only the image knows.
func echo(m *machine, c call) string {
	args, end, escapes := c.args[1:], "\n", m.interpreter() == "dash"
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && strings.Trim(args[0][1:], "neE") == "" {
		if strings.Contains(args[0], "n") {
			end = ""
		}
		escapes = escapes && !strings.Contains(args[0], "E") || strings.Contains(args[0], "e")
		args = args[1:]
	}
	text := strings.Join(args, " ")
	switch {
	case escapes:
		text, stop := unescaped(text)
		if stop {
			return text
		}
		return text + end
	case strings.Contains(text, `\`) && m.interpreter() == "sh":
		if plain, _ := unescaped(text); plain != text {
			return Mark("what echo makes of a backslash depends on the image's sh") + end
		}
	}
	return text + end
}

// interpreter is the shell that runs the script.
func (m *machine) interpreter() string {
	if len(m.above) == 0 {
		return "bash"
	}
	return path.Base(m.above[len(m.above)-1])
}

// unescaped reads the escapes of echo -e and of printf's %b; stop is \c.
func unescaped(text string) (out string, stop bool) {
	var all strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			all.WriteByte(text[i])
			continue
		}
		i++
		if text[i] == 'c' {
			return all.String(), true
		}
		if at := strings.IndexByte(`\abefnrtv"'`, text[i]); at >= 0 && text[i] != '"' && text[i] != '\'' {
			all.WriteByte("\\\a\b\x1b\f\n\r\t\v"[at])
			continue
		}
		if text[i] == '0' || text[i] == 'x' {
			base, digits := 8, text[i+1:min(len(text), i+4)]
			if text[i] == 'x' {
				base, digits = 16, text[i+1:min(len(text), i+3)]
			}
			n, used := leadingDigits(digits, base)
			if used > 0 || base == 8 {
				all.WriteByte(byte(n))
				i += used
				continue
			}
		}
		all.WriteString(text[i-1 : i+1])
	}
	return all.String(), false
}

// leadingDigits reads the number at the beginning of a text, and how long it is.
func leadingDigits(text string, base int) (n int64, used int) {
	for used < len(text) {
		next, err := strconv.ParseInt(text[:used+1], base, 32)
		if err != nil {
			break
		}
		n, used = next, used+1
	}
	return n, used
}

// printf prints its arguments by a format, as often as it takes to use them all.
func printf(m *machine, c call) string {
	args := c.args[1:]
	variable := ""
	if len(args) > 2 && args[0] == "-v" {
		variable, args = args[1], args[2:]
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return ""
	}
	out := formatted(args[0], args[1:])
	if variable != "" {
		m.vars[variable] = out
		return ""
	}
	return out
}

func formatted(format string, args []string) string {
	if !Known(format) {
		return format
	}
	var out strings.Builder
	for round := 0; round < maxRounds; round++ {
		left := len(args)
		var ok bool
		if args, ok = onceFormatted(&out, format, args); !ok {
			return Mark("a format of printf that is not followed")
		}
		if len(args) == 0 || len(args) == left || out.Len() > maxText {
			break
		}
	}
	return out.String()
}

// onceFormatted writes the format once and returns the arguments that are left.
func onceFormatted(out *strings.Builder, format string, args []string) ([]string, bool) {
	for i := 0; i < len(format); i++ {
		switch {
		case format[i] == '\\' && i+1 < len(format):
			end := i + 2
			for end < len(format) && end < i+4 && format[end] >= '0' && format[end] <= '7' && format[i+1] >= '0' && format[i+1] <= '7' {
				end++
			}
			text, _ := unescaped(strings.NewReplacer(`\"`, `"`, `\'`, "'").Replace(format[i:end]))
			out.WriteString(text)
			i = end - 1
		case format[i] != '%' || i+1 == len(format):
			out.WriteByte(format[i])
		default:
			end := i + 1
			for end < len(format) && strings.IndexByte("-+ #0123456789.", format[end]) >= 0 {
				end++
			}
			if end == len(format) {
				return args, false
			}
			arg := ""
			if format[end] != '%' && len(args) > 0 {
				arg, args = args[0], args[1:]
			}
			text, ok := directive(format[i:end], format[end], arg)
			if !ok {
				return args, false
			}
			out.WriteString(text)
			i = end
		}
	}
	return args, true
}

// directive writes one argument.
func directive(flags string, verb byte, arg string) (string, bool) {
	if !Known(arg) {
		return Mark(Why(arg)), true
	}
	switch verb {
	case '%':
		return "%", true
	case 's':
		return fmt.Sprintf(flags+"s", arg), true
	case 'b':
		text, _ := unescaped(arg)
		return fmt.Sprintf(flags+"s", text), true
	case 'c':
		return fmt.Sprintf(flags+"s", arg[:min(1, len(arg))]), true
	case 'd', 'i', 'u', 'x', 'X', 'o':
		n, err := strconv.ParseInt(strings.TrimSpace(arg), 0, 64)
		if err != nil && arg != "" {
			return "", false
		}
		if verb == 'i' || verb == 'u' {
			verb = 'd'
		}
		return fmt.Sprintf(flags+string(verb), n), true
	}
	return "", false
}
