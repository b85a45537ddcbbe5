package keys

import (
	"fmt"
	"regexp"
	"strconv"
)

// Version is a RocketMQ release. The zero value means that the version is not known.
type Version struct{ Major, Minor, Patch int }

var versionPattern = regexp.MustCompile(`(?:^|[^0-9.])([345])\.(\d{1,2})\.(\d{1,2})(?:[^0-9]|$)`)

// ParseVersion finds a release number inside an image tag such as "5.3.3-alpine" or "v4.9.7".
func ParseVersion(text string) (Version, bool) {
	found := versionPattern.FindStringSubmatch(text)
	if found == nil {
		return Version{}, false
	}
	var v Version
	v.Major, _ = strconv.Atoi(found[1])
	v.Minor, _ = strconv.Atoi(found[2])
	v.Patch, _ = strconv.Atoi(found[3])
	return v, true
}

// Known says whether the version could be told.
func (v Version) Known() bool { return v != Version{} }

// Less orders releases.
func (v Version) Less(o Version) bool {
	if v.Major != o.Major {
		return v.Major < o.Major
	}
	if v.Minor != o.Minor {
		return v.Minor < o.Minor
	}
	return v.Patch < o.Patch
}

// AtLeast says whether v is o or later.
func (v Version) AtLeast(o Version) bool { return !v.Less(o) }

func (v Version) String() string {
	if !v.Known() {
		return "unknown"
	}
	return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
}
