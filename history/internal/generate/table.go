package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// table is the format: its kinds in the order of their numbers.
type table []kind

type kind struct {
	Name   string // as a Go type: Send
	Number int
	Doc    string
	Fields []field
}

// JSON is the kind's name in the JSON Lines form.
func (k kind) JSON() string { return strings.ToLower(k.Name) }

type field struct {
	Go, Type, JSON, Doc               string
	Number                            int
	Required                          string // the condition, as Go; empty: never
	Given, Default, Max, Rel          string
	By                                []string
	Omit, Inverse, V1, Clamp, Context bool // Context: another field's By names it
}

func readTable(path string) (table, error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
	if err != nil {
		return nil, fmt.Errorf("reading the table: %w", err)
	}
	var t table
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			continue
		}
		s := g.Specs[0].(*ast.TypeSpec)
		if fields, ok := s.Type.(*ast.StructType); ok {
			k, err := readKind(s.Name.Name, fields)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.Name.Name, err)
			}
			k.Doc = oneLine(g.Doc)
			t = append(t, k)
		}
	}
	return t, t.check()
}

func readKind(name string, s *ast.StructType) (kind, error) {
	k := kind{Name: name}
	for _, f := range s.Fields.List {
		if len(f.Names) != 1 || f.Tag == nil {
			return k, errors.New("every field stands on its own line and has a tag")
		}
		raw, err := strconv.Unquote(f.Tag.Value)
		if err != nil {
			return k, err
		}
		tag := strings.Split(reflect.StructTag(raw).Get("rh"), ",")
		number, err := strconv.Atoi(tag[0])
		if err != nil {
			return k, fmt.Errorf("%s: its number: %w", f.Names[0], err)
		}
		if f.Names[0].Name == "Extra" {
			k.Number = number
			continue
		}
		n := field{Go: f.Names[0].Name, Type: typeName(f.Type), JSON: tag[1], Number: number, Doc: oneLine(f.Comment)}
		if err := n.options(tag[2:]); err != nil {
			return k, fmt.Errorf("%s: %w", n.Go, err)
		}
		k.Fields = append(k.Fields, n)
	}
	for _, f := range k.Fields {
		for _, by := range f.By {
			k.field(by).Context = true
		}
	}
	return k, nil
}

func (f *field) options(options []string) error {
	for _, o := range options {
		name, value, _ := strings.Cut(o, "=")
		switch name {
		case "required":
			if f.Required = value; value == "" {
				f.Required = "true"
			}
		case "omit":
			f.Omit = true
		case "inverse":
			f.Inverse = true
		case "clamp":
			f.Clamp = true
		case "v1":
			f.V1 = true
		case "given":
			f.Given = value
		case "default":
			f.Default = value
		case "max":
			f.Max = value
		case "rel":
			f.Rel = value
		case "by":
			f.By = strings.Split(value, "+")
		default:
			return fmt.Errorf("option %q is not known", o)
		}
	}
	return nil
}

func (k kind) field(name string) *field {
	i := slices.IndexFunc(k.Fields, func(f field) bool { return f.Go == name })
	if i < 0 {
		return &field{}
	}
	return &k.Fields[i]
}

// check finds what would make a file unreadable: numbers that are used twice or that cannot be written.
func (t table) check() error {
	for i, k := range t {
		if k.Number != i+1 {
			return fmt.Errorf("kind %s has the number %d where %d is due", k.Name, k.Number, i+1)
		}
		seen := map[string]bool{}
		for _, f := range k.Fields {
			number := strconv.Itoa(f.Number)
			if f.Number < 1 || f.Number > 31 || seen[number] || f.JSON != "-" && seen[f.JSON] || types[f.Type].read == "" {
				return fmt.Errorf("%s.%s: its number or name is taken, or its type %q cannot be kept", k.Name, f.Go, f.Type)
			}
			seen[number], seen[f.JSON] = true, true
			for _, other := range append(slices.Clone(f.By), f.Rel, f.Given) {
				if o := k.field(other); other != "" && (o.Go == "" || o.Number > f.Number) {
					return fmt.Errorf("%s.%s: %s does not stand before it", k.Name, f.Go, other)
				}
			}
		}
	}
	return nil
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.X.(*ast.Ident).Name + "." + e.Sel.Name
	case *ast.ArrayType:
		return "[]" + typeName(e.Elt)
	}
	return ""
}

func oneLine(c *ast.CommentGroup) string { return strings.Join(strings.Fields(c.Text()), " ") }
