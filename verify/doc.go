// Package verify judges a recorded run: pure functions from a history to a verdict with its evidence. It
// needs no cluster and no network, so that any run can be judged again, by anyone, later.
//
// A history is screened in one pass into bitsets and sums whose size depends on queues and gaps, not on
// messages. Where a sum or a set does not fit, the history is read again and the few messages in question are
// compared one by one. The screen can only send too much to that comparison, so it decides nothing alone.
package verify
