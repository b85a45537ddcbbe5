// Package facts reads histories and says what is true of them: what was lost, misplaced, duplicated, delivered,
// and when service was out. Claims judge from these facts and read nothing.
//
// A history is read once into bitsets and sums whose size depends on queues and gaps, not on messages. Where a
// sum or a set does not fit, the history is read again and the few messages in question are compared one by one.
// The first pass can only send too much to that comparison, so it decides nothing alone.
package facts
