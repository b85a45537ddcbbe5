//go:build !agent

package main

import (
	"encoding/base64"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// shortest is the length in bytes below which a Secret's value is not looked for: "true" stands everywhere.
const shortest = 8

// secretsOf are the values of the Secrets among the objects, as they are written and as they are meant: neither may stand in a
// certificate.
func secretsOf(objects []*unstructured.Unstructured) (values []string) {
	for _, o := range objects {
		if o.GetKind() != "Secret" {
			continue
		}
		for _, key := range []string{"data", "stringData"} {
			held, _, _ := unstructured.NestedMap(o.Object, key)
			for _, v := range held {
				text, _ := v.(string)
				values = append(values, longEnough(text)...)
			}
		}
	}
	return values
}

// longEnough is a value in every form, where it is long enough to be told from other words.
func longEnough(text string) (values []string) {
	forms := []string{text, base64.StdEncoding.EncodeToString([]byte(text))}
	if plain, err := base64.StdEncoding.DecodeString(text); err == nil {
		forms = append(forms, string(plain))
	}
	for _, f := range forms {
		if f = strings.TrimSpace(f); len(f) >= shortest {
			values = append(values, f)
		}
	}
	return values
}
