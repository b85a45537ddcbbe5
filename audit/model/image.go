package model

import (
	"path"
	"regexp"
	"strings"

	"github.com/rmqproof/rmqproof/audit/keys"
	"github.com/rmqproof/rmqproof/audit/shell"
)

// Image is a container image.
type Image struct {
	// Reference is the whole text, Repository without tag and digest.
	Reference, Repository, Tag string
	Digest                     bool
	Version                    keys.Version
	layout                     *layout
	// Presumed says that the layout follows from the image's name and tag alone, as for a mirror of unknown origin.
	Presumed bool
	// home is where the manifests themselves say that RocketMQ lies, for a release that the tag does not tell.
	home string
}

// layout is what is known of an image's inside. It belongs to the image's name: no tag, digest or registry changes it.
type layout struct {
	// home holds RocketMQ, followed by the release when versioned is set.
	home      string
	versioned bool
	// userHome is the home folder of the user that the image runs as, user that user's number.
	userHome string
	user     int
	// start is the command of the image.
	start []string
}

// The images whose Dockerfiles are public: the project's own, and those of its operator.
var (
	official           = &layout{home: "/home/rocketmq/rocketmq-", versioned: true, userHome: "/home/rocketmq", user: 3000}
	operatorBroker     = &layout{home: "/root/rocketmq/broker", userHome: "/root", start: []string{"bash", "./brokerStart.sh"}}
	earlyBroker        = &layout{home: "/home/rocketmq/rocketmq-", versioned: true, userHome: "/home/rocketmq", user: 3000, start: operatorBroker.start}
	earlyNames         = &layout{home: "/home/rocketmq/rocketmq-", versioned: true, userHome: "/home/rocketmq", user: 3000, start: operatorNames.start}
	operatorNames      = &layout{home: "/root/rocketmq/nameserver", userHome: "/root", start: []string{"bash", "mqnamesrv"}}
	operatorController = &layout{home: "/root/rocketmq/controller", userHome: "/root", start: []string{"bash", "mqcontroller"}}
)

// layouts maps the last two parts of a repository to what is in it.
var layouts = map[string]*layout{
	"apache/rocketmq": official, "apacherocketmq/rocketmq": official, "rocketmqinc/rocketmq": official,
	"apacherocketmq/rocketmq-broker": operatorBroker, "rocketmqinc/rocketmq-broker": earlyBroker,
	"apacherocketmq/rocketmq-nameserver": operatorNames, "apacherocketmq/rocketmq-namesrv": operatorNames,
	"rocketmqinc/rocketmq-namesrv":       earlyNames,
	"apacherocketmq/rocketmq-controller": operatorController,
}

func newImage(reference string) Image {
	i := Image{Reference: reference}
	rest, digest, pinned := strings.Cut(reference, "@")
	i.Digest = pinned && strings.Contains(digest, ":")
	i.Repository = rest
	if at := strings.LastIndex(rest, ":"); at > strings.LastIndex(rest, "/") {
		i.Repository, i.Tag = rest[:at], rest[at+1:]
	}
	i.Version, _ = keys.ParseVersion(i.Tag)
	parts := strings.Split(i.Repository, "/")
	i.layout = layouts[strings.Join(parts[max(0, len(parts)-2):], "/")]
	if i.former() && i.layout == official {
		i.layout = nil
	}
	return i
}

// settled is the first release of which every image is built by the Dockerfile with the layout above.
var settled = keys.Version{Major: 4, Minor: 5}

// former says whether an image may come from one of the Dockerfiles before that, whose folders, user and scripts differ.
func (i *Image) former() bool {
	return i.Version.Known() && i.Version.Less(settled) && !strings.Contains(i.Tag, "alpine") && !strings.HasPrefix(path.Base(path.Dir(i.Repository)), "apache")
}

// ownPath is a path of the official image's layout, with the folder of the release when there is one.
var ownPath = regexp.MustCompile(`/home/rocketmq/(rocketmq-[0-9][^/\s:;"']*)?`)

// elsewhere matches a start script under another folder than the official image's.
var elsewhere = regexp.MustCompile(`(/[\w./-]*)/bin/(?:mq(?:broker|namesrv|controller|proxy)|run(?:broker|server)\.sh)`)

// undecided says whether the pod's other texts can tell more about the image.
func (i *Image) undecided() bool {
	return i.layout == nil && path.Base(i.Repository) == "rocketmq" || i.layout == official && !i.Version.Known()
}

// releaseTag matches a tag that is nothing but a release.
var releaseTag = regexp.MustCompile(`^v?[45]\.\d+\.\d+(-alpine)?$`)

// presume finds the layout of a mirror: an image called rocketmq under another name, with a tag that is a release or
// with paths of the official layout in its pod, and without a start script elsewhere.
func (i *Image) presume(texts string) {
	if found := ownPath.FindStringSubmatch(texts); found != nil && found[1] != "" && !i.Version.Known() {
		i.home = "/home/rocketmq/" + found[1]
	}
	if i.layout != nil || path.Base(i.Repository) != "rocketmq" || i.former() {
		return
	}
	for _, found := range elsewhere.FindAllStringSubmatch(texts, 20) {
		if !strings.HasPrefix(found[1], "/home/rocketmq/rocketmq-") {
			return
		}
	}
	if releaseTag.MatchString(i.Tag) || ownPath.MatchString(texts) {
		i.layout, i.Presumed = official, true
	}
}

// Official says whether the image is the project's own, or a mirror of it: then its user, its home, its tools and its
// files are known, whatever its tag is called.
func (i Image) Official() bool { return i.layout == official }

// Operator says whether the image is one of the project's operator.
func (i Image) Operator() bool { return i.layout != nil && len(i.layout.start) > 0 }

// Layout says whether the inside of the image is known.
func (i Image) Layout() bool { return i.layout != nil }

// Home is where the image keeps RocketMQ; for a release that nothing tells it is marked as unknown.
func (i Image) Home() string {
	switch {
	case i.layout == nil:
		return shell.Mark("the inside of the image is not known")
	case !i.layout.versioned:
		return i.layout.home
	case i.Version.Known():
		return i.layout.home + i.Version.String()
	case i.home != "":
		return i.home
	}
	return i.layout.home + shell.Mark("the release of "+i.Reference+" is not known")
}

// release is the text of ROCKETMQ_VERSION.
func (i Image) release() string {
	if i.Version.Known() {
		return i.Version.String()
	}
	return shell.Mark("the release of " + i.Reference + " is not known")
}

// RocketMQ says whether the image's name speaks of RocketMQ at all.
func (i Image) RocketMQ() bool { return strings.Contains(i.Repository, "rocketmq") }

// User returns the numeric user of a container and whether it is known.
func (w *Workload) User(c *Container) (int, bool) {
	if v := w.security(c, "runAsUser"); v.Exists() {
		return v.Int()
	}
	if c.Image.layout != nil {
		return c.Image.layout.user, true
	}
	return 0, false
}

// HomeOf returns the home folder that Java reads from the image's list of users, and whether it is known.
func (w *Workload) HomeOf(c *Container) (string, bool) {
	uid, ok := w.User(c)
	switch {
	case ok && uid == 0:
		return "/root", true
	case ok && c.Image.layout != nil && uid == c.Image.layout.user:
		return c.Image.layout.userHome, true
	}
	return "", false
}
