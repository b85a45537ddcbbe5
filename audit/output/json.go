// Package output writes an audit's report as text, JSON and SARIF, and the rules as documentation.
package output

import (
	"encoding/json"
	"io"

	"github.com/rmqproof/rmqproof/audit"
)

// JSON writes the whole report.
func JSON(w io.Writer, r audit.Report) error { return encode(w, r) }

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
