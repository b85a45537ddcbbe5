// Package certificate makes of a profile's run a bundle that others can check without a cluster: what was promised, what
// was demanded, what was seen, and the histories that show it, under a statement over the digests of all of it. It
// judges nothing by itself: package verify does, when a bundle is made and again whenever one is checked.
package certificate
