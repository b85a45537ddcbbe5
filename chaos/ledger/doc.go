// Package ledger keeps the promises of faults twice: in a file, line by line, and in a ConfigMap of the namespace, which
// survives the loss of the machine that ran the experiment. Either is enough to recover from.
package ledger
