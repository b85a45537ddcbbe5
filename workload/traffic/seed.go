package traffic

// draw is a number that the seed and what it is for decide alone: the same in every life of the process, in whatever order
// it is asked for.
func draw(seed uint64, what ...uint64) uint64 {
	z := seed
	for _, w := range what {
		z += 0x9E3779B97F4A7C15 ^ w*0xD1B54A32D192ED03
		z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
		z = (z ^ z>>27) * 0x94D049BB133111EB
		z ^= z >> 31
	}
	return z
}

// What is drawn for.
const (
	forKeys uint64 = iota
	forQueues
	forPlaces
	forBodies
	forRounds
	forTurns
	forRefusals
	forDelays
	forEndings
)
