package history

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// rowsWant is what testdata/rows.rmqh holds. The first build wrote it, one block per record, and rows-compact.rmqh and
// rows.jsonl from it.
func rowsWant() Slice {
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	return Slice{
		&Run{Version: 1, ID: "r1", Started: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), Ordered: []string{"t", "u"}, Promise: raw(`{"copies":2}`),
			Claims: []string{"no-acked-loss", "resumes-within=30s"}, Seed: 7, Groups: []string{"g", "h"}, Extra: Extra{"agentConfig": raw(`{"a":[1,2]}`)}},
		&Run{Version: 1, ID: "no more"},
		&Send{Producer: 1, Seq: 12, Topic: "t", Key: "k<3>", Intended: 1, Start: 2, End: 9, Outcome: OK, Status: "SEND_OK", Broker: "broker-a", Queue: 3, Offset: 77},
		&Send{Producer: 1, Seq: 13, Topic: "t", Intended: -5, Start: 2, End: 9, Outcome: Failed, Queue: -1, Offset: -1, Retry: true, RetryOf: 12, Detail: "request timeout"},
		&Send{Producer: math.MaxUint32 - 1, Seq: math.MaxUint64 - 1, Topic: "ü", Intended: math.MinInt64/2 + 1, Start: math.MaxInt64 / 2, End: math.MaxInt64 / 2,
			Queue: math.MinInt32, Offset: math.MaxInt64, Retry: true, Extra: Extra{"new": raw(`12345678901234567890.5`)}},
		&Found{Replica: "broker-a/0", Topic: "t", Broker: "broker-a", Queue: 3, Offset: 77, Producer: 1, Seq: 12, Intact: true},
		&Found{Replica: "broker-a/1", Topic: "t", Broker: "broker-a", Queue: 3, Offset: 78, Producer: math.MaxUint32 - 1, Seq: math.MaxUint64 - 1},
		&Scan{Replica: "broker-a/0", Topic: "t", Broker: "broker-a", Queue: 3, Min: 0, Max: 1234, Complete: true, End: 10, Master: true},
		&Scan{Replica: "broker-a/1", Topic: "t", Broker: "broker-a", Queue: 3, Min: math.MinInt64, Max: math.MaxInt64, End: 10, Why: "no route", Holes: []int64{3, 9}},
		&Scan{Replica: "broker-b/0", Topic: "t", Broker: "broker-b", Complete: true, Master: true, Gone: "TOPIC_NOT_EXIST"},
		&Deliver{Group: "g", Consumer: 1, Topic: "t", Broker: "broker-a", Queue: 3, Offset: 77, Producer: 1, Seq: 12, Attempt: 2, Start: 11},
		&Deliver{Group: "g", Consumer: math.MaxUint32, Topic: "t", Broker: "broker-a", Queue: 3, Offset: 78, Attempt: math.MinInt32, Start: -11, Damaged: true},
		&Probe{Broker: "broker-a", Start: 5, End: 6, Outcome: OK, Extra: Extra{"via": raw(`{"a":[1,2]}`)}},
		&Probe{Broker: "broker-a", Start: 7, End: 6, Outcome: Failed, Status: "NO_ROUTE", Address: "10.0.0.1:10911", Skipped: 3},
		&Span{Name: "kill master", Phase: Fault, Target: "broker-a", Start: 3, End: 8, Confirmed: true},
		&Span{Name: "after", Phase: After, Start: 8, End: 9},
	}
}

func TestHistoriesOfTheFirstBuildAreRead(t *testing.T) {
	for _, name := range []string{"rows.rmqh", "rows-compact.rmqh", "rows.jsonl"} {
		f, err := Open(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(rowsWant(), all(t, f)); d != "" || f.Torn() != nil {
			t.Errorf("%s: %s torn %v", name, d, f.Torn())
		}
	}
}

// TestHistoriesStayReadable reads what today's format wrote when it was made: a field whose number or meaning changed
// is seen here.
func TestHistoriesStayReadable(t *testing.T) {
	for _, name := range []string{"columns.rmqh", "columns.jsonl"} {
		path := filepath.Join("testdata", name)
		if os.Getenv("RMQPROOF_GOLDEN") != "" {
			if err := rewriteSlice(path, sample()); err != nil {
				t.Fatal(err)
			}
		}
		f, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(sample(), all(t, f)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func rewriteSlice(path string, s Slice) error {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer out.Close()
	if filepath.Ext(path) == ".jsonl" {
		return WriteLines(out, s)
	}
	return WriteCompact(out, s)
}
