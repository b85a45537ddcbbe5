// Package redact keeps secrets out of what is written: every file of evidence, report and log goes through it.
// It knows secrets by the names that they stand under and by their form, and those that a caller names.
package redact

import (
	"bytes"
	"regexp"
	"slices"
)

// Mark stands where a secret stood.
const Mark = "REDACTED"

// secretName is what a key is called whose value nobody may read. A name may carry more on both sides
// (ROCKETMQ_SECRET_KEY, client.accessKey, aclSecretKey).
const secretName = `[\w.-]*(?:access[_.-]?key|secret|passw(?:or)?d|passphrase|token|credential|private[_.-]?key|authorization|client-key-data|api[_.-]?key|initauthenticationuser)[\w.-]*`

// bare is a value without quotes, up to the end of the word.
const bare = `[^\s"',;&{}\]\[|>\\][^\s"',;&}\]\\]*`

// harmless are values that keep no secret and that a reader of a manifest needs.
var harmless = map[string]bool{"true": true, "false": true, "null": true, Mark: true}

// redactions are tried in this order: what spans lines comes first.
var redactions = []struct {
	pattern *regexp.Regexp
	with    string
}{
	// PEM: a private key, wherever it stands.
	{regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z)`), Mark},
	// YAML: a block scalar, all its deeper lines.
	{regexp.MustCompile(`(?im)^([ \t]*)((?:- )?["']?` + secretName + `["']?[ \t]*:[ \t]*[|>][-+0-9]*[ \t]*\r?\n)((?:[ \t]+.*(?:\r?\n|\z)|[ \t]*\r?\n)+)`), "${1}${2}${1}  " + Mark + "\n"},
	// Kubernetes: an environment variable's name and its value on the next line or in the next field.
	{regexp.MustCompile(`(?i)(\bname["']?[ \t]*:[ \t]*["']?` + secretName + `["']?[ \t]*,?\s*["']?value["']?[ \t]*:[ \t]*)("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s,}]+)`), "${1}" + Mark},
	// XML: an element's text.
	{regexp.MustCompile(`(?i)(<(` + secretName + `)>)[^<]*(</)`), "${1}" + Mark + "${3}"},
	// A value in quotes; first where JSON lies escaped in a string.
	{regexp.MustCompile(`(?i)(` + secretName + `\\["'][ \t]*[:=][ \t]*)\\"(?:[^"\\]|\\[^"])*\\"`), `${1}\"` + Mark + `\"`},
	{regexp.MustCompile(`(?i)(` + secretName + `["']?[ \t]*[:=][ \t]*)(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*')`), `${1}"` + Mark + `"`},
	// Authorization headers carry two words.
	{regexp.MustCompile(`(?i)\b((?:bearer|basic)[ \t]+)[A-Za-z0-9._~+/=-]{8,}`), "${1}" + Mark},
	// A bare value: to the end of the word.
	{regexp.MustCompile(`(?i)(["']` + secretName + `["'][ \t]*[:=][ \t]*)(` + bare + `)`), `${1}"` + Mark + `"`},
	{regexp.MustCompile(`(?i)(` + secretName + `[ \t]*[:=][ \t]*)(` + bare + `)`), "${1}" + Mark},
	// A command line's option and its value in the next word.
	{regexp.MustCompile(`(?i)(--?` + secretName + `[ \t]+)([^\s-][^\s"',;]*)`), "${1}" + Mark},
	// User and password in a URL.
	{regexp.MustCompile(`(\b[a-z][a-z0-9+.-]*://)[^\s/@:"']*:[^\s/@"']+@`), "${1}" + Mark + "@"},
	// A JSON Web Token, whatever its key.
	{regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`), Mark},
}

// Bytes returns text without its secrets: values of keys that are named like one (accessKey, secretKey, password,
// token and their kin in properties, YAML, JSON, XML, environment and command lines), private keys, tokens, and every
// secret that the caller knows. Names stay readable; a harmless value under such a name is lost, which is the lesser
// evil. A text that was redacted before comes back as it is.
func Bytes(text []byte, known ...string) []byte {
	out := bytes.Clone(text)
	for _, secret := range known {
		if secret != "" {
			out = bytes.ReplaceAll(out, []byte(secret), []byte(Mark))
		}
	}
	if !suspect(out) {
		return out
	}
	for _, r := range redactions {
		out = replace(out, r.pattern, r.with)
	}
	return out
}

// String is Bytes for a string.
func String(text string) string { return string(Bytes([]byte(text))) }

// suspicious matches every text that one of the redactions may match. Logs are long, and few of their lines do.
var suspicious = regexp.MustCompile(`(?i)access[_.-]?key|secret|passw|passphrase|token|credential|private[ _.-]?key|authorization|client-key-data|api[_.-]?key|initauth|bearer|basic|://|eyJ`)

// hints are in lower case what suspicious needs at least. Most lines of a log have none, and are looked through quickly.
var hints = [][]byte{[]byte("access"), []byte("secret"), []byte("passw"), []byte("passphrase"), []byte("token"), []byte("credential"), []byte("private"),
	[]byte("authorization"), []byte("client-key-data"), []byte("api"), []byte("initauth"), []byte("bearer"), []byte("basic"), []byte("://"), []byte("eyj")}

func suspect(text []byte) bool {
	lower := bytes.ToLower(text)
	return slices.ContainsFunc(hints, func(hint []byte) bool { return bytes.Contains(lower, hint) }) && suspicious.Match(text)
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
