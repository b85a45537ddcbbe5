// Package verify judges a recorded run: pure functions from a history to a verdict with its evidence. It
// needs no cluster and no network, so that any run can be judged again, by anyone, later.
//
// Histories become facts (internal/facts), facts are judged by claims (claims), and what speaks against a claim is
// shown with what went on around it.
package verify
