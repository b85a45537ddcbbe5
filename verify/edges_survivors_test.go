package verify

import (
	"testing"

	"github.com/rmqproof/rmqproof/history"
)

// TestWhatIsNotAcknowledgedPromisesNoOffset has an attempt of unknown outcome that names an offset, as FLUSH_SLAVE_TIMEOUT does: that
// another message lies there breaks nothing, beside an acknowledged offset where it does.
func TestWhatIsNotAcknowledgedPromisesNoOffset(t *testing.T) {
	h := history.Slice{
		&history.Send{Topic: "t", Broker: "a", Outcome: history.OK, End: 2},
		&history.Send{Topic: "t", Broker: "a", Seq: 1, Outcome: history.Unknown, Offset: 1, End: 3},
		&history.Send{Topic: "t", Broker: "a", Seq: 2, Outcome: history.OK, Offset: 2, End: 4},
		&history.Found{Replica: "a/0", Topic: "t", Broker: "a", Seq: 1, Intact: true},
		&history.Found{Replica: "a/0", Topic: "t", Broker: "a", Offset: 1, Seq: 0, Intact: true},
		&history.Found{Replica: "a/0", Topic: "t", Broker: "a", Offset: 2, Seq: 2, Intact: true},
		&history.Scan{Replica: "a/0", Master: true, Topic: "t", Broker: "a", Max: 3, Complete: true, End: 90},
	}
	if c := edgeClaim(t, h, Options{}, OffsetHonest); c.Verdict != Violated || c.Counts["dishonest"] != 1 {
		t.Errorf("%s %v", c.Why, c.Counts)
	}
}

// TestWhatMessagesSayIsWhatGroupsAreGiven has a queue that is read by place, and a group that was given messages by the offsets that
// they name themselves: the first one is skipped, and nothing else.
func TestWhatMessagesSayIsWhatGroupsAreGiven(t *testing.T) {
	h := history.Slice{
		&history.Send{Topic: "t", Broker: "a", Outcome: history.OK, End: 2},
		&history.Send{Topic: "t", Broker: "a", Seq: 1, Outcome: history.OK, Offset: 2, End: 4},
		&history.Deliver{Group: "g", Topic: "t", Broker: "a", Offset: 2, Seq: 1, Attempt: 1, Start: 6},
		&history.Found{Replica: "a/0", Topic: "t", Broker: "a", Intact: true},
		&history.Found{Replica: "a/0", Topic: "t", Broker: "a", Offset: 1, Seq: 1, Misplaced: true, Stored: 2, Intact: true},
		&history.Scan{Replica: "a/0", Master: true, Topic: "t", Broker: "a", Max: 2, Complete: true, End: 90},
	}
	if c := edgeClaim(t, h, Options{}, NoDeliverySkip); c.Verdict != Violated || c.Counts["skipped"] != 1 {
		t.Errorf("%s %v", c.Why, c.Counts)
	}
}
