package model

// LookAt lowers how many pods are looked at one by one, and returns what puts it back.
func LookAt(pods int) (restore func()) {
	before := maxLooked
	maxLooked = pods
	return func() { maxLooked = before }
}
