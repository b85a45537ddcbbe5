package topology

// Spec says which cluster an experiment stands on. Two experiments with equal specs may share a cluster.
type Spec struct {
	Overlay   string // bundled overlay; empty: the cluster is somebody else's and is not deployed
	Version   string // RocketMQ's version at the start, e.g. "5.3.3"; empty: that of the run
	Settings  string // lines key=value of every broker's configuration, beyond the overlay's
	UpgradeTo string // version that the cluster runs in the end; empty: the same
}
