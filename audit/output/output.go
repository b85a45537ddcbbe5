// Package output writes an audit's report as text, JSON and SARIF, and the rules as documentation.
package output

import (
	"fmt"
	"io"

	"github.com/rmqproof/rmqproof/audit"
	"github.com/rmqproof/rmqproof/audit/compare"
)

// Formats are the names of the forms.
var Formats = []string{"text", "json", "sarif"}

// TextOptions choose what of a report is printed for reading.
type TextOptions struct {
	// Summary prints ten lines at most.
	Summary bool
	// All prints what a single-node set-up is not blamed for as well.
	All bool
}

// Report writes a report in a form.
func Report(w io.Writer, format string, r audit.Report, o TextOptions) error {
	switch {
	case format == "json":
		return encode(w, r)
	case format == "sarif":
		return encode(w, sarif(r))
	case o.Summary:
		return Summary(w, r)
	}
	return Text(w, r, o)
}

// Change writes a comparison in a form.
func Change(w io.Writer, format string, c compare.Change) error {
	switch format {
	case "json":
		return encode(w, c)
	case "sarif":
		return encode(w, sarifChange(c))
	}
	return changeText(w, c)
}

// Failure writes the error of an audit that did not come about, for a program that reads JSON or SARIF; as text it is the
// command's own to print.
func Failure(w io.Writer, format string, code int, err error) error {
	switch format {
	case "json":
		return encode(w, map[string]any{"error": err.Error(), "exitCode": code})
	case "sarif":
		return encode(w, sarifFailure(code, err))
	}
	return nil
}

func amount(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
