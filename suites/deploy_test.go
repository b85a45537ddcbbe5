//go:build e2e

package suites

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
)

// deploy returns a healthy cluster of this topology: the one that the spec before left, where it is the same one and
// well, else a new one on empty volumes.
func deploy(ctx context.Context, t rocketmq.Topology) *rocketmq.Cluster {
	if deployed != nil && deployed.Topology().Overlay == t.Overlay && deployed.Topology().Version == t.Version &&
		deployed.Healthy(ctx) == nil {
		return deployed
	}
	old, err := rocketmq.Open(bed.Access(), t)
	must(err)
	must(old.Delete(ctx))
	deployed, err = bed.Deploy(ctx, t)
	must(err)
	return deployed
}

// forget makes the next spec deploy anew: this one leaves something behind that another would not expect.
func forget() { deployed = nil }

// running is the version that is deployed, where one is: what an upgrade left is worth as much as a new cluster.
func running() string {
	if deployed != nil {
		return deployed.Topology().Version
	}
	return version
}

// upgraded notes that all that is deployed runs the newer version now.
func upgraded() {
	t := deployed.Topology()
	t.Version = upgradeTo
	var err error
	deployed, err = rocketmq.Open(bed.Access(), t)
	must(err)
}

// must fails the spec in the error's own words; a matcher's would bury them under the error's fields.
func must(err error) {
	GinkgoHelper()
	if err != nil {
		Fail(err.Error())
	}
}
