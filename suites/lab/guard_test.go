package lab

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestAClusterOfOthersIsHarmedNoFurtherThanAgreed lets time pass in a bubble, where it passes only while all wait.
func TestAClusterOfOthersIsHarmedNoFurtherThanAgreed(t *testing.T) {
	sound := sight{map[string]bool{"a": true, "b": true, "sick": false}, map[string]bool{"shop/web": true, "shop/batch": false}}
	with := func(groups, others map[string]bool) sight {
		return sight{groups, others}
	}
	down := with(map[string]bool{"a": false, "b": true}, sound.others)
	for name, c := range map[string]struct {
		then  []sight // one after another; the last stays
		fails error
		want  string // "": it goes on
	}{
		"all is well":               {then: []sight{sound}},
		"what was sick before":      {then: []sight{with(sound.groups, map[string]bool{"shop/web": true, "shop/batch": false, "shop/new": false})}},
		"a group is out":            {then: []sight{down}, want: "broker group a accepts no message"},
		"it comes back in time":     {then: []sight{down, down, down, sound}},
		"a group is gone":           {then: []sight{with(map[string]bool{"b": true}, sound.others)}, want: "broker group a accepts"},
		"a pod of others":           {then: []sight{with(sound.groups, map[string]bool{"shop/web": false})}, want: "pod shop/web, which is none"},
		"a pod that others deleted": {then: []sight{with(sound.groups, map[string]bool{})}},
		"nobody sees":               {fails: errors.New("no answer"), want: "cannot be looked at (no answer)"},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
			defer cancel()
			g, n := &guard{longest: time.Minute}, -1
			err := g.watch(ctx, func(context.Context) (sight, error) {
				if n++; n == 0 {
					return sound, nil
				}
				if c.fails != nil {
					return sight{}, c.fails
				}
				return c.then[min(n, len(c.then))-1], nil
			})
			switch {
			case c.want == "" && err != nil:
				t.Errorf("%s: %v", name, err)
			case c.want != "" && (!errors.Is(err, ErrAborted) || !strings.Contains(err.Error(), c.want)):
				t.Errorf("%s: %v does not say %q", name, err, c.want)
			}
		})
	}
}
