// Package recovery heals what a killed runner left, from a fresh process: with the ledger's file alone, with its
// ConfigMap alone, and where both are lost with the marks that faults leave.
package recovery
