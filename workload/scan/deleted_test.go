package scan

import (
	"testing"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/internal/fakemq"
)

// TestTheFrontOfTheLogIsTold reads queues that begin above 0: because the log does, because their index alone was lost, and
// because the broker deletes while it is read.
func TestTheFrontOfTheLogIsTold(t *testing.T) {
	for name, tc := range map[string]struct {
		front, begin  int64
		meanwhile     bool
		lowest, ended int64 // of the record
		holes         int
	}{
		"whole":             {},
		"deleted":           {front: 4, begin: 1 << 20, lowest: 4, ended: 4},
		"lost index":        {front: 4, lowest: 4},
		"deleted meanwhile": {front: 6, begin: 1 << 20, meanwhile: true, ended: 6, holes: 3},
	} {
		t.Run(name, func(t *testing.T) {
			within(t, 10, func(t *testing.T, c testCluster) {
				cut := func(b *fakemq.Broker) { b.Front, b.LogBegin = tc.front, tc.begin }
				if !tc.meanwhile {
					c.a.Set(cut)
				}
				var scan history.Scan
				s := c.scanner(t, func(r history.Record) error {
					switch r := r.(type) {
					case *history.Found:
						if r.Broker == "broker-a" && r.Queue == 0 && r.Offset == 2 && tc.meanwhile {
							c.a.Set(cut) // the first three were read
						}
					case *history.Scan:
						if r.Broker == "broker-a" && r.Queue == 0 {
							scan = *r
						}
					}
					return nil
				})
				s.Queues = 1
				if err := s.Run(t.Context()); err != nil {
					t.Fatal(err)
				}
				if !scan.Complete || scan.Min != tc.lowest || scan.Expired != tc.ended || len(scan.Holes) != tc.holes || scan.Max != 10 {
					t.Errorf("%+v", scan)
				}
			})
		})
	}
}
