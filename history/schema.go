package history

import _ "embed"

// Schema is the JSON Schema (draft 2020-12) of one line of the JSON Lines form.
//
//go:embed schema.json
var Schema string
