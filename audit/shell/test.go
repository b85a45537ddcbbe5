package shell

import (
	"regexp"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// test evaluates [[ ... ]] to a status.
func (m *machine) test(x syntax.TestExpr) string {
	if !m.spend() {
		return Mark("a test that is not reached")
	}
	switch x := x.(type) {
	case *syntax.Word:
		return nonEmpty(m.word(x))
	case *syntax.ParenTest:
		return m.test(x.X)
	case *syntax.UnaryTest:
		if x.Op == syntax.TsNot {
			return negate(m.test(x.X))
		}
		if w, ok := x.X.(*syntax.Word); ok {
			return m.unary(x.Op.String(), m.word(w))
		}
	case *syntax.BinaryTest:
		return m.binaryTest(x)
	}
	return Mark("a test that is not followed")
}

func (m *machine) binaryTest(x *syntax.BinaryTest) string {
	switch x.Op {
	case syntax.AndTest, syntax.OrTest:
		a, b := m.test(x.X), m.test(x.Y)
		decisive := "1"
		if x.Op == syntax.OrTest {
			decisive = "0"
		}
		if a == decisive || b == decisive {
			return decisive
		}
		if !Known(a) {
			return a
		}
		return b
	}
	left, okL := x.X.(*syntax.Word)
	right, okR := x.Y.(*syntax.Word)
	if !okL || !okR {
		return Mark("a test that is not followed")
	}
	a := m.word(left)
	switch x.Op {
	case syntax.TsReMatch:
		return m.matches(a, m.word(right))
	case syntax.TsMatch, syntax.TsMatchShort, syntax.TsNoMatch:
		glob := m.pattern(right)
		status := statusOf(Known(glob) && globMatch(glob, a), a+glob)
		if x.Op == syntax.TsNoMatch {
			return negate(status)
		}
		return status
	}
	return compare(x.Op.String(), a, m.word(right))
}

// matches is the =~ operator; its groups go to BASH_REMATCH.
func (m *machine) matches(text, expr string) string {
	m.match = nil
	if !Known(text) || !Known(expr) || len(expr) > 256 {
		return Mark("a match with a text that is not known beforehand")
	}
	compiled, err := regexp.Compile(expr)
	if err != nil {
		return Mark("a regular expression that cannot be followed")
	}
	m.match = compiled.FindStringSubmatch(text)
	return statusOf(m.match != nil, "")
}

func nonEmpty(text string) string {
	if !Known(text) && strings.TrimSpace(marks.ReplaceAllString(text, "")) != "" {
		return "0"
	}
	return statusOf(text != "", text)
}

// unary evaluates the tests of one operand, for [ and [[ alike.
func (m *machine) unary(op, text string) string {
	switch op {
	case "-n":
		return nonEmpty(text)
	case "-z":
		return negate(nonEmpty(text))
	case "-f", "-e", "-r", "-s", "-d":
		if !Known(text) {
			break
		}
		content, ok := m.read(text)
		switch {
		case ok:
			return statusOf(op != "-d" && (op != "-s" || content != ""), "")
		case op != "-s" && op != "-f" && m.folder(text):
			return "0"
		case m.gone[m.abs(text)]:
			return "1"
		}
		return Mark("whether " + Show(text) + " exists is only known when the pod runs")
	}
	return Mark("the test " + op + " " + Show(text) + " is only known when the pod runs")
}

// compare evaluates the tests of two operands.
func compare(op, a, b string) string {
	if !Known(a) || !Known(b) {
		return Mark("a comparison with a value that is not known beforehand")
	}
	switch op {
	case "=", "==":
		return statusOf(a == b, "")
	case "!=":
		return statusOf(a != b, "")
	}
	x, errX := strconv.Atoi(strings.TrimSpace(a))
	y, errY := strconv.Atoi(strings.TrimSpace(b))
	if errX != nil || errY != nil {
		return "2"
	}
	switch op {
	case "-eq":
		return statusOf(x == y, "")
	case "-ne":
		return statusOf(x != y, "")
	case "-lt":
		return statusOf(x < y, "")
	case "-le":
		return statusOf(x <= y, "")
	case "-gt":
		return statusOf(x > y, "")
	case "-ge":
		return statusOf(x >= y, "")
	}
	return Mark("the comparison " + op + " is not followed")
}

// bracket evaluates test and [ from their arguments.
func (m *machine) bracket(args []string) string {
	if n := len(args); n > 0 && args[n-1] == "]" {
		args = args[:n-1]
	}
	for i, a := range args {
		if a == "-o" || a == "-a" {
			x, y := m.bracket(args[:i]), m.bracket(args[i+1:])
			decisive := map[string]string{"-o": "0", "-a": "1"}[a]
			if x == decisive || y == decisive {
				return decisive
			}
			if !Known(x) {
				return x
			}
			return y
		}
	}
	switch {
	case len(args) > 0 && args[0] == "!":
		return negate(m.bracket(args[1:]))
	case len(args) == 1:
		return nonEmpty(args[0])
	case len(args) == 2:
		return m.unary(args[0], args[1])
	case len(args) == 3:
		return compare(args[1], args[0], args[2])
	}
	return "1"
}
