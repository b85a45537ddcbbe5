package change

import (
	"fmt"
	"strings"
)

func (u Upgrade) withVersions() (Upgrade, error) {
	if u.ToVersion == "" {
		u.ToVersion = tagOf(u.To)
	}
	if u.FromVersion == "" {
		u.FromVersion = tagOf(u.From)
	}
	if u.To == "" || u.ToVersion == "" {
		return u, fmt.Errorf("image %q has no tag that names a version: set ToVersion to what its brokers report", u.To)
	}
	return u, nil
}

// tagOf returns the tag of an image reference, or nothing.
func tagOf(image string) string {
	image, _, _ = strings.Cut(image, "@")
	name := image[strings.LastIndexByte(image, '/')+1:]
	_, tag, _ := strings.Cut(name, ":")
	return tag
}

// sameVersion compares what a broker reports ("V5_2_0") with what a person writes ("5.2.0").
func sameVersion(a, b string) bool { return plainVersion(a) == plainVersion(b) }

func plainVersion(v string) string {
	v = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(v)), "_", ".")
	return strings.TrimPrefix(v, "v")
}
