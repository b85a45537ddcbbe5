package redact

import "regexp"

var (
	secretKey = regexp.MustCompile(`(?i)^` + secretName + `$`)
	// reference matches field names of Kubernetes that contain such a word and hold no secret.
	reference = regexp.MustCompile(`(?i)^(automountServiceAccountToken|secretName|secretRef|secretKeyRef|imagePullSecrets|serviceAccountToken|secret)$`)
)

// Object takes the secrets out of a decoded JSON or YAML document, in place: values under a secret's name, values of
// environment variables that are named like one, and whatever Bytes finds in the strings, which may be whole files.
func Object(value any) {
	switch v := value.(type) {
	case []any:
		for i, item := range v {
			v[i] = redacted(item)
		}
	case map[string]any:
		hideVariable(v)
		for key, item := range v {
			if text, ok := item.(string); ok && isSecret(key) && text != "" {
				v[key] = Mark
				continue
			}
			v[key] = redacted(item)
		}
	}
}

func redacted(item any) any {
	if text, ok := item.(string); ok {
		return String(text)
	}
	Object(item)
	return item
}

// hideVariable hides the value of an environment variable.
func hideVariable(v map[string]any) {
	name, named := v["name"].(string)
	if value, ok := v["value"].(string); named && ok && value != "" && isSecret(name) {
		v["value"] = Mark
	}
}

func isSecret(name string) bool { return secretKey.MatchString(name) && !reference.MatchString(name) }

// Map returns a copy of named values without the secrets among them.
func Map(m map[string]string) map[string]string {
	out := make(map[string]string, len(m))
	for name, value := range m {
		if out[name] = String(value); value != "" && isSecret(name) {
			out[name] = Mark
		}
	}
	return out
}
