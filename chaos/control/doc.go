// Package control is the negative control of the faults: a proof that holds without a fault proves nothing. It runs a
// fault against a real cluster that accepts all that the fault writes and does none of it, and wants Confirm to fail.
package control
