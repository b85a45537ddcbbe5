// Package clock has the faults in which one server's clock is wrong, and everybody else's is right.
package clock
