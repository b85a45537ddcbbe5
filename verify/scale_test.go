package verify

import (
	"fmt"
	"iter"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rmqproof/rmqproof/history"
)

// edited is a made history with changes to single records. It counts how often it is read.
type edited struct {
	*made
	send  map[uint64]func(*history.Send) // by number of the send
	found map[uint64]func(*history.Found) bool
	scan  func(*history.Scan)
	reads *int
}

func (e edited) Records() iter.Seq2[history.Record, error] { return e.Each() }

func (e edited) Each() iter.Seq2[history.Record, error] {
	return func(yield func(history.Record, error) bool) {
		*e.reads++
		n := uint64(0)
		for r, err := range e.made.Each() {
			switch r := r.(type) {
			case *history.Send:
				if f := e.send[n]; f != nil {
					f(r)
				}
				n++
			case *history.Found:
				if f := e.found[r.Seq*e.producers+uint64(r.Producer)]; f != nil && !f(r) {
					continue
				}
			case *history.Scan:
				if e.scan != nil {
					e.scan(r)
				}
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// wrong is one thing that goes wrong with the n-th send, and the claims that it breaks.
type wrong struct {
	edit   func(e *edited, n uint64)
	breaks []string
}

// onFound changes what the scan finds of a send.
func onFound(shift uint64, change func(e *edited, n uint64, f *history.Found) bool) func(*edited, uint64) {
	return func(e *edited, n uint64) {
		e.found[n+shift] = func(f *history.Found) bool { return change(e, n, f) }
	}
}

// onSend changes what is recorded of a send.
func onSend(change func(*history.Send)) func(*edited, uint64) {
	return func(e *edited, n uint64) { e.send[n] = change }
}

var wrongs = map[string]wrong{
	"nothing": {func(*edited, uint64) {}, nil},
	"dropped": {onFound(0, func(*edited, uint64, *history.Found) bool { return false }), []string{NoAckedLoss}},
	"another": {onFound(0, func(_ *edited, _ uint64, f *history.Found) bool { f.Producer = 9; return true }),
		[]string{NoAckedLoss, NoUnexpected, OffsetHonest, OffsetUnique}},
	"damaged":                {onFound(0, func(_ *edited, _ uint64, f *history.Found) bool { f.Intact = false; return true }), []string{PayloadIntact}},
	"acknowledged elsewhere": {onSend(func(s *history.Send) { s.Offset++ }), []string{OffsetHonest, OffsetUnique}},
	"refused":                {onSend(func(s *history.Send) { s.Outcome = history.Failed }), []string{NoUnexpected}},
	"found twice": {onFound(16, func(e *edited, n uint64, f *history.Found) bool {
		f.Producer, f.Seq = e.producer(n), e.seq(n)
		return true
	}), []string{NoLogDuplicate, NoAckedLoss, OffsetHonest, OffsetUnique}},
}

// TestOneWrongAmongMany puts a single wrong at any place of a history of many pages, with gaps or without, and
// wants exactly its claims violated.
func TestOneWrongAmongMany(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(sortedKeys(wrongs)).Draw(t, "wrong")
		e := edited{made: newMade(uint64(rapid.IntRange(9_000, 25_000).Draw(t, "operations"))), reads: new(int),
			send: map[uint64]func(*history.Send){}, found: map[uint64]func(*history.Found) bool{}}
		e.queues = 4
		if rapid.Bool().Draw(t, "gaps") {
			e.gap = 499
		}
		n := rapid.Uint64Range(0, e.sends-200).Draw(t, "place")
		if e.unknown(n) || e.unknown(n+16) {
			n++
		}
		wrongs[name].edit(&e, n)
		var reader history.Reader = e
		if rapid.Bool().Draw(t, "in slabs") {
			reader = inSlabs{e, rapid.IntRange(1, 256).Draw(t, "at a time")}
		}
		r, err := Judge(reader, Options{MessagesOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range r.Claims {
			if want := slices.Contains(wrongs[name].breaks, c.ID); (c.Verdict == Violated) != want || c.Verdict == Inconclusive {
				t.Fatalf("%s at %d: %s is %s: %s", name, n, c.ID, c.Verdict, c.Why)
			}
		}
		if name == "nothing" && *e.reads > 2 { // once for the run line, once for the screen
			t.Fatalf("a clean history was read %d times", *e.reads)
		}
	})
}

// TestAllLost loses everything, which must not send every message to the comparison one by one.
func TestAllLost(t *testing.T) {
	m := newMade(40_000)
	e := edited{made: m, reads: new(int), found: map[uint64]func(*history.Found) bool{}, scan: func(s *history.Scan) { s.Max = 0 }}
	for n := range m.sends {
		e.found[n] = func(*history.Found) bool { return false }
	}
	r, err := Judge(e, Options{MessagesOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	c, _ := r.Claim(NoAckedLoss)
	want := []string{"0:0-4999", "1:0-4999", "2:0-4999", "3:0-4999"}
	if c.Verdict != Violated || c.Counts["lost"] != 20_000 || !slices.Equal(c.Named, want) || *e.reads > 5 {
		t.Fatalf("read %d times, named %v\n%s", *e.reads, c.Named, r.Text())
	}
}

// TestTailLost loses the tail of every queue, so that a page of each has to be compared and the rest need not be.
func TestTailLost(t *testing.T) {
	m := newMade(40_000)
	m.queues = 4 // five pages each
	m.drop = map[uint64]bool{}
	for n := uint64(6000); n < m.sends; n++ {
		m.drop[n] = true
	}
	e := edited{made: m, reads: new(int)}
	r, err := Judge(e, Options{MessagesOnly: true, Claims: named(NoAckedLoss, OffsetHonest)})
	if err != nil {
		t.Fatal(err)
	}
	// For the run line, the screen, the pages with the lost messages, and the evidence.
	if c := r.Claims[0]; c.Counts["lost"] != 14_000 || r.Claims[1].Verdict != Valid || *e.reads != 4 {
		t.Fatalf("read %d times\n%s", *e.reads, r.Text())
	}
}

// TestBoundsAreNeverValid lowers the bounds of the comparison until they are met.
func TestBoundsAreNeverValid(t *testing.T) {
	pages, rounds, ids, steps := bounds.Pages, bounds.Rounds, bounds.IDs, bounds.Acks
	defer func() { bounds.Pages, bounds.Rounds, bounds.IDs, bounds.Acks = pages, rounds, ids, steps }()
	redelivered := cleanRun()
	for _, r := range cleanRun() {
		if d, ok := r.(*history.Deliver); ok {
			redelivered = append(redelivered, d)
		}
	}
	bounds.Pages, bounds.Rounds = 1, 4 // there are four queues of one page each
	if r, _ := Judge(redelivered, Options{}); r.Verdict != Valid {
		t.Errorf("within the bounds: %s", r.Text())
	}
	bounds.Rounds = 3
	r, _ := Judge(redelivered, Options{})
	for _, claim := range []string{OffsetUnique, OffsetHonest, DeliveredAtLeastOnce, ReplicasAgree} {
		if c, _ := r.Claim(claim); c.Verdict != Inconclusive {
			t.Errorf("beyond the bounds %s is %s", claim, c.Verdict)
		}
	}
	bounds.Pages, bounds.Rounds, bounds.IDs = pages, rounds, 2
	m := newMade(20_000)
	m.drop = map[uint64]bool{}
	for n := range uint64(5) {
		m.drop[n*777] = true
	}
	r, _ = Judge(m, Options{Evidence: 1, MessagesOnly: true})
	if c, _ := r.Claim(NoAckedLoss); c.Verdict != Violated || c.Counts["lost"] != 5 || len(c.Named) != 2 {
		t.Errorf("more losses than are named: %s %v %v", c.Why, c.Counts, c.Named)
	}
}

func TestKeysBeyondTheBoundAreNeverValid(t *testing.T) {
	defer func(was int) { bounds.Keyed = was }(bounds.Keyed)
	h := cleanRun()
	for _, r := range h {
		if d, ok := r.(*history.Deliver); ok && d.Offset == 0 {
			h = append(h, d) // recorded late, so that order by offset shows nothing, and all is compared
		}
	}
	for bound, want := range map[int]Verdict{600: Valid, 599: Inconclusive} {
		bounds.Keyed = bound
		r, err := Judge(h, Options{})
		if c, _ := r.Claim(KeyOrder); err != nil || c.Verdict != want {
			t.Errorf("with room for %d: %v %+v", bound, err, c)
		}
	}
}

func TestManyHistoriesAreOneRun(t *testing.T) {
	var readers []history.Reader
	for i := range uint64(4) {
		m := newMade(40_000)
		m.gap, m.parts, m.part = 499, 4, i
		readers = append(readers, m)
	}
	whole := newMade(40_000)
	whole.gap = 499
	want, err := Judge(whole, Options{MessagesOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		got, err := JudgeAll(readers, Options{MessagesOnly: true})
		if err != nil || fmt.Sprint(got.Claims) != fmt.Sprint(want.Claims) {
			t.Fatalf("%v\n%s\n%s", err, got.Text(), want.Text())
		}
		readers = append(readers[1:], readers[0])
	}
}
