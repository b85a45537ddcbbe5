// Package sets keeps sets of numbers in memory that follows their gaps: bits of one page, and pages by number.
package sets
