package shell

import (
	"regexp"
	"strconv"
	"strings"
)

// awkRule is a condition and the lists of what is printed when it holds; without one the whole line is.
type awkRule struct {
	match          *regexp.Regexp
	left, right    []term
	op             string
	negated, plain bool
	prints         [][]term
}

// term is a part of what is printed: a text, a field, or a variable, and a number that is added to it.
type term struct {
	text     string
	field    int
	kind     byte // 't' text, 'f' field, 'v' variable
	operator byte
	operand  float64
}

var (
	awkCondition = regexp.MustCompile(`^\s*(?:(!?)/((?:[^/\\]|\\.)*)/|(NR|NF|\$NF|\$\d+)\s*(==|!=|<=|>=|<|>|~)\s*(?:/((?:[^/\\]|\\.)*)/|("(?:[^"\\]|\\.)*"|\d+|[A-Za-z_]\w*)))?\s*(?:\{([^{}]*)\})?\s*;?\s*`)
	awkTerm      = regexp.MustCompile(`^\s*(?:"((?:[^"\\]|\\.)*)"|\$(NF|\d+)|\((\$\d+|\$NF|NR)\)|(\d+)|(NR|NF|[A-Za-z_]\w*))\s*(?:([-+*/%])\s*(\d+))?\s*`)
)

// parseAwk reads a script; false is for one that is not followed.
func parseAwk(script string) ([]awkRule, bool) {
	var rules []awkRule
	rest := strings.TrimSpace(script)
	for rest != "" {
		at := awkCondition.FindStringSubmatch(rest)
		if at == nil || at[0] == "" || len(rules) > 20 {
			return nil, false
		}
		hasAction := strings.Contains(at[0], "{")
		rest = strings.TrimSpace(rest[len(at[0]):])
		rule, ok := awkRuleOf(at)
		if !ok {
			return nil, false
		}
		if hasAction {
			if rule.prints, ok = parsePrints(at[7]); !ok {
				return nil, false
			}
		}
		rules = append(rules, rule)
	}
	return rules, len(rules) > 0
}

func awkRuleOf(at []string) (awkRule, bool) {
	r := awkRule{negated: at[1] == "!", op: at[4]}
	expr := at[2]
	if at[4] == "~" {
		expr = at[5]
	}
	var ok bool
	switch {
	case at[3] != "":
		if r.left, ok = parseTerms(at[3]); !ok {
			return r, false
		}
		if r.op == "~" && at[5] == "" {
			return r, false
		}
		if r.op != "~" {
			if r.right, ok = parseTerms(at[6]); !ok {
				return r, false
			}
			return r, true
		}
	case expr == "":
		r.plain = true
		return r, true
	}
	r.match, ok = basicExpr(strings.ReplaceAll(expr, `\/`, "/"), true)
	return r, ok
}

// parsePrints reads the statements of an action: print, and a list of what is printed.
func parsePrints(action string) ([][]term, bool) {
	var all [][]term
	for _, statement := range strings.Split(action, ";") {
		if statement = strings.TrimSpace(statement); statement == "" {
			continue
		}
		list, ok := strings.CutPrefix(statement, "print")
		if !ok || list != "" && strings.TrimLeft(list, " \t\"$(") == list {
			return nil, false
		}
		terms := []term{{kind: 'f'}}
		if list = strings.TrimSpace(list); list != "" {
			if terms, ok = parseTerms(list); !ok {
				return nil, false
			}
		}
		all = append(all, terms)
	}
	return all, len(all) > 0
}

// parseTerms reads expressions that stand side by side; a comma is the separator of fields.
func parseTerms(list string) ([]term, bool) {
	var all []term
	for list = strings.TrimSpace(list); list != ""; list = strings.TrimSpace(list) {
		if list[0] == ',' {
			all, list = append(all, term{kind: 'v', text: "OFS"}), list[1:]
			continue
		}
		at := awkTerm.FindStringSubmatch(list)
		if at == nil || len(all) > 50 {
			return nil, false
		}
		list = list[len(at[0]):]
		t, ok := termOf(at)
		if !ok || list != "" && strings.IndexByte("+-*/%<>=~?&|", list[0]) >= 0 {
			return nil, false
		}
		all = append(all, t)
	}
	return all, len(all) > 0
}

func termOf(at []string) (term, bool) {
	t := term{kind: 't', text: strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\"`, `"`, `\\`, `\`).Replace(at[1])}
	name := at[2]
	if at[3] != "" {
		name = strings.TrimPrefix(at[3], "$")
		if name == "NR" {
			at[5], name = "NR", ""
		}
	}
	switch {
	case name == "NF":
		t.kind, t.field = 'f', -1
	case name != "":
		t.kind = 'f'
		t.field, _ = strconv.Atoi(name)
	case at[4] != "":
		t.text = at[4]
	case at[5] != "":
		t.kind, t.text = 'v', at[5]
	}
	if at[6] != "" {
		t.operator = at[6][0]
		t.operand, _ = strconv.ParseFloat(at[7], 64)
		if t.operand == 0 && (t.operator == '/' || t.operator == '%') {
			return t, false
		}
	}
	return t, true
}
