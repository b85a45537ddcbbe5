// Package plot draws the timeline of a history: what one bounded pass over it leaves, as a picture and as the data of the
// page's script. It draws what it is told that the judge found, and finds nothing by itself.
package plot
