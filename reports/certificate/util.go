package certificate

import (
	"encoding/base64"
	"maps"
	"slices"
)

func encode64(raw []byte) string { return base64.StdEncoding.EncodeToString(raw) }

// strict64 tells whether a text is base64 in its one right form: stray last bits are no difference to a lax reader.
func strict64(text string) bool {
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	return err == nil && encode64(raw) == text
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
