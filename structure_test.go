package rmqproof

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The measures of the house. A function is as long as its lines from the word func to the last brace.
const (
	longestFile     = 300
	longestFunction = 40
	medianFunction  = 10
	mostParameters  = 5 // beside the context
)

type function struct {
	where             string
	lines, parameters int
}

// TestMeasuresOfTheHouse reads every Go file of the project. What is generated, and the sources of other modules, are
// left out; the functions of tests may be longer, since a table of cases is one.
func TestMeasuresOfTheHouse(t *testing.T) {
	var lengths []int
	for _, path := range goFiles(t) {
		lines, functions := measure(t, path)
		if lines > longestFile {
			t.Errorf("%s has %d lines, above %d: cut it by what it is about", path, lines, longestFile)
		}
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		for _, f := range functions {
			lengths = append(lengths, f.lines)
			if f.lines > longestFunction {
				t.Errorf("%s has %d lines, above %d", f.where, f.lines, longestFunction)
			}
			if f.parameters > mostParameters {
				t.Errorf("%s takes %d parameters, above %d: name what belongs together", f.where, f.parameters, mostParameters)
			}
		}
	}
	slices.Sort(lengths)
	if len(lengths) < 1000 {
		t.Fatalf("only %d functions were found", len(lengths))
	}
	if median := lengths[len(lengths)/2]; median > medianFunction {
		t.Errorf("the median function has %d lines, above %d", median, medianFunction)
	}
}

// goFiles lists the files of this module.
func goFiles(t *testing.T) (files []string) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." {
			_, err := os.Stat(filepath.Join(path, "go.mod"))
			if err == nil || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") {
				return filepath.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(path, ".go") {
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func measure(t *testing.T, path string) (lines int, functions []function) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	if ast.IsGenerated(file) {
		return 0, nil
	}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		n := set.Position(f.End()).Line - set.Position(f.Pos()).Line + 1
		functions = append(functions, function{path + " " + f.Name.Name, n, parameters(f.Type.Params)})
	}
	return set.Position(file.End()).Line, functions
}

func parameters(list *ast.FieldList) int {
	n := list.NumFields()
	if len(list.List) > 0 {
		if kind, ok := list.List[0].Type.(*ast.SelectorExpr); ok && kind.Sel.Name == "Context" {
			n--
		}
	}
	return n
}
