// Package faulty is a cluster in memory that can be told to go wrong: to lose, duplicate, reorder, stall or lie. It
// stands behind the same interface as the real load, so that the whole way from a record to a verdict is tried
// in a moment, and each anomaly must be found out by exactly the claims that it breaks.
package faulty
