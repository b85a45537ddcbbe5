package shell

import (
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// arithmetic evaluates $((...)) over whole numbers.
func (m *machine) arithmetic(x syntax.ArithmExpr) string {
	n, why := m.number(x, 0)
	if why != "" {
		return Mark(why)
	}
	return strconv.Itoa(n)
}

func (m *machine) number(x syntax.ArithmExpr, depth int) (int, string) {
	if depth > maxDepth {
		return 0, "a calculation that nests too deeply"
	}
	switch x := x.(type) {
	case *syntax.Word:
		return m.operand(m.word(x))
	case *syntax.ParenArithm:
		return m.number(x.X, depth+1)
	case *syntax.UnaryArithm:
		n, why := m.number(x.X, depth+1)
		switch x.Op {
		case syntax.Minus:
			return -n, why
		case syntax.Plus:
			return n, why
		case syntax.Not:
			return truth(n == 0), why
		}
	case *syntax.BinaryArithm:
		a, why := m.number(x.X, depth+1)
		b, whyB := m.number(x.Y, depth+1)
		if why == "" {
			why = whyB
		}
		if why != "" {
			return 0, why
		}
		return calculate(x.Op, a, b)
	}
	return 0, "a calculation that is not followed"
}

// operand reads a number or, without a dollar sign, a variable's name.
func (m *machine) operand(text string) (int, string) {
	text = strings.TrimSpace(text)
	if !Known(text) {
		return 0, Why(text)
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(text, "10#")); err == nil {
		return n, ""
	}
	value, _ := m.lookup(text)
	if value == "" {
		return 0, ""
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		return 0, "a calculation with " + Show(value)
	}
	return n, ""
}

func truth(ok bool) int {
	if ok {
		return 1
	}
	return 0
}

func calculate(op syntax.BinAritOperator, a, b int) (int, string) {
	switch op {
	case syntax.Add:
		return a + b, ""
	case syntax.Sub:
		return a - b, ""
	case syntax.Mul:
		return a * b, ""
	case syntax.Quo, syntax.Rem:
		if b == 0 {
			return 0, "a division by zero"
		}
		if op == syntax.Quo {
			return a / b, ""
		}
		return a % b, ""
	case syntax.Eql:
		return truth(a == b), ""
	case syntax.Neq:
		return truth(a != b), ""
	case syntax.Lss:
		return truth(a < b), ""
	case syntax.Leq:
		return truth(a <= b), ""
	case syntax.Gtr:
		return truth(a > b), ""
	case syntax.Geq:
		return truth(a >= b), ""
	case syntax.AndArit:
		return truth(a != 0 && b != 0), ""
	case syntax.OrArit:
		return truth(a != 0 || b != 0), ""
	}
	return 0, "a calculation that is not followed"
}
