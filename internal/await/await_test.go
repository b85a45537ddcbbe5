package await

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var errNotYet = errors.New("2 of 3 pods")

func TestItEndsAsSoonAsTheLookSucceeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, looks := time.Now(), 0
		var reported []State
		w := Wait{What: "pods", Within: time.Minute, Every: time.Second, Report: func(s State) { reported = append(reported, s) }}
		err := w.Until(t.Context(), func(context.Context) error {
			if looks++; looks < 4 {
				return errNotYet
			}
			return nil
		})
		if err != nil || time.Since(began) != 3*time.Second {
			t.Errorf("%v after %s, want nil after three pauses", err, time.Since(began))
		}
		if len(reported) != 3 || reported[2] != (State{"pods", 2 * time.Second, errNotYet}) {
			t.Errorf("reported %v", reported)
		}
	})
}

func TestItSaysWhatItSawLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		err := Wait{What: "pods", Within: 10 * time.Second}.Until(t.Context(), func(context.Context) error { return errNotYet })
		if !errors.Is(err, ErrBudget) || !errors.Is(err, errNotYet) || !strings.Contains(err.Error(), "waited 10s for pods") {
			t.Errorf("got %v", err)
		}
	})
}

func TestACancelledCallerIsTheCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		stop := errors.New("Ctrl-C")
		time.AfterFunc(time.Second, func() { cancel(stop) })
		if err := (Wait{Within: time.Hour}).Until(ctx, func(context.Context) error { return errNotYet }); !errors.Is(err, stop) || errors.Is(err, ErrBudget) {
			t.Errorf("got %v", err)
		}
	})
}

// The look that the deadline cuts short says "deadline exceeded", which tells a reader nothing.
func TestALookCutShortDoesNotHideWhatWasSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		looks := 0
		err := Wait{What: "pods", Within: 5 * time.Second}.Until(t.Context(), func(ctx context.Context) error {
			if looks++; looks == 1 {
				return errNotYet
			}
			<-ctx.Done()
			return ctx.Err()
		})
		if !errors.Is(err, errNotYet) {
			t.Errorf("got %v", err)
		}
	})
}

func TestALookThatHangsIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		looks := 0
		err := Wait{Within: time.Minute, Attempt: time.Second}.Until(t.Context(), func(ctx context.Context) error {
			if looks++; looks == 2 {
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		})
		if err != nil || looks != 2 {
			t.Errorf("%v after %d looks", err, looks)
		}
	})
}

func TestAPermanentErrorEndsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		err := Wait{What: "pods", Within: time.Hour}.Until(t.Context(), func(context.Context) error { return Permanent(errNotYet) })
		if !errors.Is(err, errNotYet) || time.Since(began) != 0 || err.Error() != errNotYet.Error() {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		if Permanent(nil) != nil {
			t.Error("Permanent(nil) is an error")
		}
	})
}
