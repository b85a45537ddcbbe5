// Package compound makes one fault of several: at once, one after another, again and again, or drawn from a seed.
package compound
