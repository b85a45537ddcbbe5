package reports

import (
	"bytes"
	"regexp"
)

// hidden stands where a secret stood.
const hidden = "REDACTED"

// secretName is what a key is called whose value nobody may read. A name may carry more on both sides
// (ROCKETMQ_SECRET_KEY, client.accessKey, aclSecretKey).
const secretName = `[\w.-]*(?:access[_.-]?key|secret|passw(?:or)?d|passphrase|token|credential|private[_.-]?key|authorization|client-key-data|api[_.-]?key)[\w.-]*`

// bare is a value without quotes, up to the end of the word.
const bare = `[^\s"',;&{}\]\[|>\\][^\s"',;&}\]\\]*`

// harmless are values that keep no secret and that a reader of a manifest needs.
var harmless = map[string]bool{"true": true, "false": true, "null": true, hidden: true}

// redactions are tried in this order: what spans lines comes first.
var redactions = []struct {
	pattern *regexp.Regexp
	with    string
}{
	// PEM: a private key, wherever it stands.
	{regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z)`), hidden},
	// YAML: a block scalar, all its deeper lines.
	{regexp.MustCompile(`(?im)^([ \t]*)((?:- )?["']?` + secretName + `["']?[ \t]*:[ \t]*[|>][-+0-9]*[ \t]*\r?\n)((?:[ \t]+.*(?:\r?\n|\z)|[ \t]*\r?\n)+)`), "${1}${2}${1}  " + hidden + "\n"},
	// Kubernetes: an environment variable's name and its value on the next line or in the next field.
	{regexp.MustCompile(`(?i)(\bname["']?[ \t]*:[ \t]*["']?` + secretName + `["']?[ \t]*,?\s*["']?value["']?[ \t]*:[ \t]*)("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s,}]+)`), "${1}" + hidden},
	// XML: an element's text.
	{regexp.MustCompile(`(?i)(<(` + secretName + `)>)[^<]*(</)`), "${1}" + hidden + "${3}"},
	// A value in quotes; first where JSON lies escaped in a string.
	{regexp.MustCompile(`(?i)(` + secretName + `\\["'][ \t]*[:=][ \t]*)\\"(?:[^"\\]|\\[^"])*\\"`), `${1}\"` + hidden + `\"`},
	{regexp.MustCompile(`(?i)(` + secretName + `["']?[ \t]*[:=][ \t]*)(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*')`), `${1}"` + hidden + `"`},
	// Authorization headers carry two words.
	{regexp.MustCompile(`(?i)\b((?:bearer|basic)[ \t]+)[A-Za-z0-9._~+/=-]{8,}`), "${1}" + hidden},
	// A bare value: to the end of the word.
	{regexp.MustCompile(`(?i)(["']` + secretName + `["'][ \t]*[:=][ \t]*)(` + bare + `)`), `${1}"` + hidden + `"`},
	{regexp.MustCompile(`(?i)(` + secretName + `[ \t]*[:=][ \t]*)(` + bare + `)`), "${1}" + hidden},
	// A command line's option and its value in the next word.
	{regexp.MustCompile(`(?i)(--?` + secretName + `[ \t]+)([^\s-][^\s"',;]*)`), "${1}" + hidden},
	// User and password in a URL.
	{regexp.MustCompile(`(\b[a-z][a-z0-9+.-]*://)[^\s/@:"']*:[^\s/@"']+@`), "${1}" + hidden + "@"},
	// A JSON Web Token, whatever its key.
	{regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`), hidden},
}

// Redact returns text without its secrets: values of keys that are named like one (accessKey, secretKey, password,
// token and their kin in properties, YAML, JSON, XML, environment and command lines), private keys, tokens, and every
// secret that the caller knows. Whoever writes evidence (logs, configuration, manifests) writes it through this.
// Names of secrets stay readable; a harmless value under such a name is lost, which is the lesser evil.
func Redact(text []byte, known ...string) []byte {
	out := bytes.Clone(text)
	for _, secret := range known {
		if secret != "" {
			out = bytes.ReplaceAll(out, []byte(secret), []byte(hidden))
		}
	}
	for _, r := range redactions {
		out = replace(out, r.pattern, r.with)
	}
	return out
}

// replace puts with in the place of every match but those whose second group is harmless.
func replace(text []byte, pattern *regexp.Regexp, with string) []byte {
	var out []byte
	last := 0
	for _, m := range pattern.FindAllSubmatchIndex(text, -1) {
		if len(m) >= 6 && m[4] >= 0 && harmless[string(text[m[4]:m[5]])] {
			continue
		}
		out = append(out, text[last:m[0]]...)
		out = pattern.Expand(out, []byte(with), text, m)
		last = m[1]
	}
	return append(out, text[last:]...)
}

func redactString(s string) string { return string(Redact([]byte(s))) }
