package keys

// Nearest returns the server's key that a mistyped one most likely means, or "".
func Nearest(s Server, v Version, name string) string {
	best, least := "", 3
	for known := range Of(s, v) {
		d := distance(known, name, least+1)
		if d < least || d == least && best != "" && known < best {
			best, least = known, d
		}
	}
	return best
}

// distance is the number of edits between two words, or limit when it is at least that.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := diagonal
			if a[i-1] != b[j-1] {
				change++
			}
			diagonal, row[j] = row[j], min(change, row[j]+1, row[j-1]+1)
		}
	}
	return min(row[len(b)], limit)
}
