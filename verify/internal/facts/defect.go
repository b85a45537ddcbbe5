package facts

import (
	"fmt"
	"runtime/debug"
)

// Defect is a panic of the judge. It makes what was to be judged inconclusive: a judge that failed has found
// nothing valid, and nothing violated either.
type Defect struct{ Cause any }

func (d Defect) Error() string {
	return fmt.Sprintf("the judge failed, which is a defect of its own: %v", d.Cause)
}

// Catch turns a panic into a Defect.
func Catch(err *error) {
	if e := recover(); e != nil {
		*err = Defect{fmt.Sprintf("%v\n%s", e, debug.Stack())}
	}
}
