package lab

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
		hangs bool
		want  string // "": it goes on
	}{
		"all is well":               {then: []sight{sound}},
		"what was sick before":      {then: []sight{with(sound.groups, map[string]bool{"shop/web": true, "shop/batch": false, "shop/new": false})}},
		"a group is out":            {then: []sight{down}, want: "broker group a accepts no message"},
		"it comes back in time":     {then: []sight{down, down, down, sound}},
		"a group is gone":           {then: []sight{with(map[string]bool{"b": true}, sound.others)}, want: "broker group a accepts"},
		"a pod of others":           {then: []sight{with(sound.groups, map[string]bool{"shop/web": false})}, want: "pod shop/web, which is none"},
		"a pod that others deleted": {then: []sight{with(sound.groups, map[string]bool{})}},
		"nobody answers":            {hangs: true, want: "cannot be looked at (context deadline exceeded)"},
		"nobody sees":               {fails: errors.New("no answer"), want: "cannot be looked at (no answer)"},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
			defer cancel()
			g, n := &guard{longest: time.Minute}, -1
			err := g.watch(ctx, func(ctx context.Context) (sight, error) {
				if n++; n == 0 {
					return sound, nil
				}
				if c.hangs {
					<-ctx.Done()
					return sight{}, ctx.Err()
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

func TestAPodOfOthersThatWasEvictedOrFindsNoPlaceIsNotReady(t *testing.T) {
	pod := func(namespace, name string, phase corev1.PodPhase, ready corev1.ConditionStatus) corev1.Pod {
		return corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
			Status: corev1.PodStatus{Phase: phase, Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: ready}}}}
	}
	got := othersOf([]corev1.Pod{
		pod("shop", "web", corev1.PodRunning, corev1.ConditionTrue), pod("shop", "slow", corev1.PodRunning, corev1.ConditionFalse),
		pod("shop", "evicted", corev1.PodFailed, corev1.ConditionTrue), pod("shop", "nowhere", corev1.PodPending, corev1.ConditionFalse),
		pod("shop", "job", corev1.PodSucceeded, corev1.ConditionFalse), pod("mq", "broker-0", corev1.PodPending, corev1.ConditionFalse),
	}, "mq")
	want := map[string]bool{"shop/web": true, "shop/slow": false, "shop/evicted": false, "shop/nowhere": false}
	if !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
