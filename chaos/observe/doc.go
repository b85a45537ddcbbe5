// Package observe takes down everything that a fault must not touch beside its target, or must give back: a list of
// looks. One baseline serves both: while the fault holds, bystanders must be the same; once it is healed, nothing may be left.
package observe
