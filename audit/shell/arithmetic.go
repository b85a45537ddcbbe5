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
		return m.unaryNumber(x, depth)
	case *syntax.BinaryArithm:
		if operator, assigns := assignments[x.Op]; assigns {
			return m.assignNumber(x, operator, depth)
		}
		if x.Op == syntax.TernQuest {
			return m.choice(x, depth)
		}
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

func (m *machine) unaryNumber(x *syntax.UnaryArithm, depth int) (int, string) {
	n, why := m.number(x.X, depth+1)
	switch x.Op {
	case syntax.Minus:
		return -n, why
	case syntax.Plus:
		return n, why
	case syntax.Not:
		return truth(n == 0), why
	case syntax.BitNegation:
		return ^n, why
	case syntax.Inc, syntax.Dec:
		after := n + 1
		if x.Op == syntax.Dec {
			after = n - 1
		}
		if !m.setNumber(x.X, after, why) {
			return 0, "a calculation that is not followed"
		}
		if x.Post {
			return n, why
		}
		return after, why
	}
	return 0, "a calculation that is not followed"
}

// assignments are the operators that change a variable, with what they do to it.
var assignments = map[syntax.BinAritOperator]syntax.BinAritOperator{
	syntax.Assgn: syntax.Comma, syntax.AddAssgn: syntax.Add, syntax.SubAssgn: syntax.Sub, syntax.MulAssgn: syntax.Mul,
	syntax.QuoAssgn: syntax.Quo, syntax.RemAssgn: syntax.Rem,
}

// assignNumber is NAME = x, NAME += x and the like.
func (m *machine) assignNumber(x *syntax.BinaryArithm, operator syntax.BinAritOperator, depth int) (int, string) {
	b, why := m.number(x.Y, depth+1)
	if operator != syntax.Comma && why == "" {
		var a int
		if a, why = m.number(x.X, depth+1); why == "" {
			b, why = calculate(operator, a, b)
		}
	}
	if !m.setNumber(x.X, b, why) {
		return 0, "a calculation that is not followed"
	}
	return b, why
}

// setNumber sets the variable that an expression names.
func (m *machine) setNumber(x syntax.ArithmExpr, n int, why string) bool {
	w, ok := x.(*syntax.Word)
	if !ok || !syntax.ValidName(w.Lit()) {
		return false
	}
	m.vars[w.Lit()] = strconv.Itoa(n)
	if why != "" {
		m.vars[w.Lit()] = Mark(why)
	}
	return true
}

// choice is a ? b : c.
func (m *machine) choice(x *syntax.BinaryArithm, depth int) (int, string) {
	condition, why := m.number(x.X, depth+1)
	branches, ok := x.Y.(*syntax.BinaryArithm)
	if why != "" || !ok || branches.Op != syntax.TernColon {
		return 0, "a calculation that is not followed"
	}
	if condition != 0 {
		return m.number(branches.X, depth+1)
	}
	return m.number(branches.Y, depth+1)
}

// operand reads a number or, without a dollar sign, a variable's name.
func (m *machine) operand(text string) (int, string) {
	text = strings.TrimSpace(text)
	if !Known(text) {
		return 0, Why(text)
	}
	if n, ok := literalNumber(text); ok {
		return n, ""
	}
	value, _ := m.lookup(text)
	if value == "" {
		return 0, ""
	}
	n, ok := literalNumber(value)
	if !ok {
		return 0, "a calculation with " + Show(value)
	}
	return n, ""
}

// literalNumber reads a whole number: octal with a leading 0, hexadecimal with 0x, or in a base such as 10#08.
func literalNumber(text string) (int, bool) {
	if base, digits, ok := strings.Cut(text, "#"); ok {
		b, err := strconv.Atoi(base)
		if err != nil || b < 2 || b > 36 {
			return 0, false
		}
		n, err := strconv.ParseInt(digits, b, 64)
		return int(n), err == nil
	}
	if strings.ContainsAny(text, "_boBO") {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 0, 64)
	return int(n), err == nil
}

func truth(ok bool) int {
	if ok {
		return 1
	}
	return 0
}

func power(a, b int) (int, string) {
	n := 1
	if b < 0 || b > 64 {
		return 0, "a calculation that is not followed"
	}
	for range b {
		n *= a
	}
	return n, ""
}

// binary are the operators whose result is a number for any two.
var binary = map[syntax.BinAritOperator]func(a, b int) int{
	syntax.Add: func(a, b int) int { return a + b },
	syntax.Sub: func(a, b int) int { return a - b },
	syntax.Mul: func(a, b int) int { return a * b },
	syntax.And: func(a, b int) int { return a & b },
	syntax.Or:  func(a, b int) int { return a | b },
	syntax.Xor: func(a, b int) int { return a ^ b },
	syntax.Shl: func(a, b int) int { return a << (uint(b) & 63) },
	syntax.Shr: func(a, b int) int { return a >> (uint(b) & 63) },

	syntax.Comma: func(_, b int) int { return b },
}

// compared are the operators that answer a question.
var compared = map[syntax.BinAritOperator]func(a, b int) bool{
	syntax.Eql: func(a, b int) bool { return a == b },
	syntax.Neq: func(a, b int) bool { return a != b },
	syntax.Lss: func(a, b int) bool { return a < b },
	syntax.Leq: func(a, b int) bool { return a <= b },
	syntax.Gtr: func(a, b int) bool { return a > b },
	syntax.Geq: func(a, b int) bool { return a >= b },

	syntax.AndArit: func(a, b int) bool { return a != 0 && b != 0 },
	syntax.OrArit:  func(a, b int) bool { return a != 0 || b != 0 },
}

// calculate returns a result, or why there is none.
func calculate(op syntax.BinAritOperator, a, b int) (int, string) {
	if f, ok := binary[op]; ok {
		return f(a, b), ""
	}
	if f, ok := compared[op]; ok {
		return truth(f(a, b)), ""
	}
	switch op {
	case syntax.Quo, syntax.Rem:
		return divide(op, a, b)
	case syntax.Pow:
		return power(a, b)
	}
	return 0, "a calculation that is not followed"
}

func divide(op syntax.BinAritOperator, a, b int) (int, string) {
	switch {
	case b == 0:
		return 0, "a division by zero"
	case op == syntax.Quo:
		return a / b, ""
	}
	return a % b, ""
}
