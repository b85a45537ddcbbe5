package shell

import (
	"math"
	"strconv"
	"strings"
)

// holds says whether the rule's condition is true of a line.
func (a awkRule) holds(r record) bool {
	switch {
	case a.plain:
		return true
	case a.match != nil && a.left == nil:
		return a.match.MatchString(r.line) != a.negated
	case a.match != nil:
		return a.match.MatchString(evaluate(a.left, r))
	}
	x, y := evaluate(a.left, r), evaluate(a.right, r)
	order := strings.Compare(x, y)
	n, errN := strconv.ParseFloat(strings.TrimSpace(x), 64)
	k, errK := strconv.ParseFloat(strings.TrimSpace(y), 64)
	if errN == nil && errK == nil && a.right[0].numeric() {
		order = compareNumbers(n, k)
	}
	switch a.op {
	case "==":
		return order == 0
	case "!=":
		return order != 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

// numeric says whether a comparison with the term may be one of numbers: a quoted text never is.
func (t term) numeric() bool {
	return t.kind != 't' || strings.Trim(t.text, "0123456789") == "" && t.text != ""
}

func compareNumbers(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// print is what the rule's action writes, without the last end of a line.
func (a awkRule) print(r record) string {
	if len(a.prints) == 0 {
		return r.line
	}
	var all []string
	for _, terms := range a.prints {
		all = append(all, evaluate(terms, r))
	}
	return strings.Join(all, "\n")
}

func evaluate(terms []term, r record) string {
	var out strings.Builder
	for _, t := range terms {
		out.WriteString(t.value(r))
	}
	return out.String()
}

func (t term) value(r record) string {
	value := t.text
	switch t.kind {
	case 'f':
		value = r.field(t.field)
	case 'v':
		switch t.text {
		case "NR":
			value = strconv.Itoa(r.n)
		case "NF":
			value = strconv.Itoa(len(r.fields))
		default:
			value = r.vars[t.text]
		}
	}
	if t.operator == 0 {
		return value
	}
	return awkNumber(apply(t.operator, leadingNumber(value), t.operand))
}

func apply(operator byte, a, b float64) float64 {
	switch operator {
	case '+':
		return a + b
	case '-':
		return a - b
	case '*':
		return a * b
	case '/':
		return a / b
	}
	return math.Mod(a, b)
}

// leadingNumber reads the number that a text begins with, as awk does; 0 where it begins with none.
func leadingNumber(text string) float64 {
	text = strings.TrimSpace(text)
	end := 0
	for end < len(text) && (text[end] >= '0' && text[end] <= '9' || text[end] == '.' || end == 0 && (text[end] == '-' || text[end] == '+')) {
		end++
	}
	n, _ := strconv.ParseFloat(text[:end], 64) // 0 for what is no number, as in awk
	return n
}

func awkNumber(n float64) string {
	if n == math.Trunc(n) && math.Abs(n) < 1e15 {
		return strconv.FormatFloat(n, 'f', 0, 64)
	}
	return strconv.FormatFloat(n, 'g', 6, 64)
}
