// Package manifests holds the bundled Kubernetes manifests of a RocketMQ cluster: a kustomize base, components
// and overlays, embedded, and equally usable from the folder with kubectl apply -k.
package manifests

import "embed"

// Files is the tree of kustomizations; its paths are those of this folder, such as overlays/kind.
//
//go:embed base components overlays
var Files embed.FS
