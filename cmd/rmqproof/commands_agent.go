//go:build agent

package main

import "github.com/spf13/cobra"

// commands lists what the image inside the cluster needs, and no more: a probe starts this binary every few seconds,
// and starting is what a large one is slow at.
func commands() []*cobra.Command { return inside() }

// becomeOther does nothing: inside the cluster this binary is started as nothing else.
func becomeOther() {}
