package main

// goType says how values of one Go type are kept. In its snippets %[1]s is the value, %[2]s the field's name between
// quotes, %[3]s the most that it may be, %[4]d the field's place in the line.
type goType struct {
	column string // what a column holds: "number", "time", "text", or "json" for what is kept as text of its own form
	to     string // the value as what the column holds
	from   string // what the column holds as the value
	most   string // the most that a column may hold; empty: %[3]s
	row    string // how a block of version 1 is read
	read   string // how a line is read
	line   string // how a line is written
	zero   string // the condition that the value is zero
	schema string
	check  string // what must hold before it is written, a call that gives an error
}

const wholeNumber = `"type": "integer", "minimum": %s, "maximum": %s`

var types = map[string]goType{
	"uint32": {column: "number", to: "uint64(%[1]s)", from: "uint32(%[1]s)", row: "p.uint32(%[2]s)", read: "uint32(p.unsigned(%[3]s))",
		line: "strconv.AppendUint(b, uint64(%[1]s), 10)", zero: "%[1]s == 0", schema: wholeNumber},
	"uint64": {column: "number", to: "uint64(%[1]s)", from: "%[1]s", row: "p.uint()", read: "p.unsigned(%[3]s)",
		line: "strconv.AppendUint(b, %[1]s, 10)", zero: "%[1]s == 0", schema: wholeNumber},
	"int": {column: "number", to: "uint64(%[1]s)", from: "r.version(%[1]s)", most: "Version", row: "p.version()", read: "int(p.signed(Version, Version))",
		line: "strconv.AppendInt(b, int64(%[1]s), 10)", zero: "%[1]s == 0", schema: `"const": 1`, check: "checkVersion(%[1]s)"},
	"int32": {column: "number", to: "uint64(%[1]s)", from: "int32(%[1]s)", row: "p.int32(%[2]s)", read: "int32(p.signed(math.MinInt32, math.MaxInt32))",
		line: "strconv.AppendInt(b, int64(%[1]s), 10)", zero: "%[1]s == 0", schema: wholeNumber},
	"int64": {column: "number", to: "uint64(%[1]s)", from: "int64(%[1]s)", row: "p.int()", read: "p.signed(math.MinInt64, math.MaxInt64)",
		line: "strconv.AppendInt(b, %[1]s, 10)", zero: "%[1]s == 0", schema: wholeNumber},
	"bool": {column: "number", to: "bit(%[1]s)", from: "%[1]s == 1", most: "1", row: "p.bool(%[2]s)", read: "p.truth()",
		line: "strconv.AppendBool(b, %[1]s)", zero: "!%[1]s", schema: `"type": "boolean"`},
	"Outcome": {column: "number", to: "uint64(%[1]s)", from: "Outcome(%[1]s)", most: "uint64(Failed)", row: "Outcome(p.byte(%[2]s, byte(Failed)))", read: "p.outcome()",
		line: "appendText(b, %[1]s.String())", zero: "%[1]s == 0", schema: `"enum": ["ok", "failed", "unknown"]`, check: "checkOutcome(%[1]s)"},
	"time.Duration": {column: "time", to: "uint64(%[1]s)", from: "time.Duration(%[1]s)", row: "p.dur()", read: "p.time()",
		line: "strconv.AppendInt(b, int64(%[1]s), 10)", zero: "%[1]s == 0", schema: wholeNumber, check: "checkTime(%[2]s, %[1]s)"},
	"string": {column: "text", to: "%[1]s", from: "%[1]s", row: "p.string()", read: "p.text(%[4]d)",
		line: "appendText(b, %[1]s)", zero: `%[1]s == ""`, schema: `"type": "string"`},
	"Phase": {column: "text", to: "string(%[1]s)", from: "r.phase(%[1]s)", row: "p.phase()", read: "p.phase(%[4]d)",
		line: "appendText(b, string(%[1]s))", zero: `%[1]s == ""`, schema: `"enum": ["before", "fault", "after"]`, check: "checkPhase(%[1]s)"},
	"time.Time": {column: "json", to: "startedText(%[1]s)", from: "r.started(%[1]s)", row: "p.started()", read: "p.started(%[4]d)",
		line: "appendStarted(b, %[1]s)", zero: "%[1]s.IsZero()", schema: `"type": "string", "format": "date-time"`, check: "checkStarted(%[1]s)"},
	"json.RawMessage": {column: "json", to: "rawText(%[1]s)", from: "r.raw(%[2]s, %[1]s)", row: "p.raw(%[2]s)", read: "p.raw()",
		line: "appendRaw(b, %[1]s)", zero: "len(%[1]s) == 0", check: "checkRaw(%[2]s, %[1]s)"},
	"[]string": {column: "json", to: "listText(%[1]s, appendText)", from: "listOf[string](r, %[2]s, %[1]s)", row: "p.list()", read: "listAt[string](p)",
		line: "appendList(b, %[1]s, appendText)", zero: "len(%[1]s) == 0", schema: `"type": "array", "items": {"type": "string"}`},
	"[]int64": {column: "json", to: "listText(%[1]s, appendNumber)", from: "listOf[int64](r, %[2]s, %[1]s)", row: "p.list()", read: "listAt[int64](p)",
		line: "appendList(b, %[1]s, appendNumber)", zero: "len(%[1]s) == 0", schema: `"type": "array", "items": {"type": "integer"}`},
}
