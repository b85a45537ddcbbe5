package verify

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rmqproof/rmqproof/history"
)

// made is a history that is made while it is read, so that its size needs no room: sends of four producers to
// sixteen queues, then the scan of every queue. Of every gap'th send nothing is known, and the sends in drop are
// missing in the scan.
type made struct {
	sends       uint64
	gap         uint64
	drop        map[uint64]bool
	queues      int32
	producers   uint64
	parts, part uint64 // where parts is above 1: how many agents share the producers and queues, and which this is
}

func newMade(operations uint64) *made {
	return &made{sends: operations / 2, queues: 16, producers: 4}
}

// The n-th send is its producer's n/producers-th, and goes to a queue that its number gives; its offset is its rank there.
func (m *made) producer(n uint64) uint32 { return uint32(n % m.producers) }
func (m *made) seq(n uint64) uint64      { return n / m.producers }
func (m *made) queue(n uint64) int32     { return int32(n / m.producers % uint64(m.queues)) }
func (m *made) offset(n uint64) int64 {
	per := m.producers * uint64(m.queues)
	return int64(n/per*m.producers + n%m.producers)
}

// at is the inverse: the send at an offset of a queue.
func (m *made) at(queue int32, offset uint64) uint64 {
	per := m.producers * uint64(m.queues)
	return offset/m.producers*per + uint64(queue)*m.producers + offset%m.producers
}

func (m *made) unknown(n uint64) bool { return m.gap > 0 && n%m.gap == m.gap-1 }
func (m *made) dropped(n uint64) bool { return len(m.drop) > 0 && m.drop[n] }

func (m *made) Records() iter.Seq2[history.Record, error] { return m.Each() }

func (m *made) Each() iter.Seq2[history.Record, error] {
	return func(yield func(history.Record, error) bool) {
		if m.eachSend(yield) {
			m.eachFound(yield)
		}
	}
}

func (m *made) eachSend(yield func(history.Record, error) bool) bool {
	s := &history.Send{Topic: "t", Broker: "broker-a", Status: "SEND_OK"}
	for n := range m.sends {
		if m.parts > 1 && n%m.producers%m.parts != m.part {
			continue
		}
		at := time.Duration(n) * time.Microsecond
		s.Producer, s.Seq, s.Queue, s.Offset = m.producer(n), m.seq(n), m.queue(n), m.offset(n)
		s.Intended, s.Start, s.End, s.Outcome = at, at, at+time.Duration(m.producers)*time.Microsecond-1, history.OK
		if m.unknown(n) {
			s.Outcome = history.Unknown
		}
		if !yield(s, nil) {
			return false
		}
	}
	return true
}

func (m *made) eachFound(yield func(history.Record, error) bool) {
	f := &history.Found{Replica: "broker-a/0", Topic: "t", Broker: "broker-a", Intact: true}
	for f.Queue = 0; f.Queue < m.queues; f.Queue++ {
		if m.parts > 1 && uint64(f.Queue)%m.parts != m.part {
			continue
		}
		offset := uint64(0)
		for n := m.at(f.Queue, offset); n < m.sends; n = m.at(f.Queue, offset) {
			if f.Offset, f.Producer, f.Seq = int64(offset), m.producer(n), m.seq(n); !m.dropped(n) && !yield(f, nil) {
				return
			}
			offset++
		}
		if !yield(&history.Scan{Replica: f.Replica, Topic: f.Topic, Broker: f.Broker, Queue: f.Queue, Max: int64(offset), Complete: true, End: 1 << 62}, nil) {
			return
		}
	}
}

// lossAndOffsets are the claims whose speed is promised.
var lossAndOffsets = Options{Claims: []string{NoAckedLoss, NoUnexpected, NoLogDuplicate, OffsetHonest, OffsetUnique, OffsetMonotone}, MessagesOnly: true}

// BenchmarkJudge prints operations a second and the memory that judging takes from the operating system.
// RMQPROOF_BENCH=full adds 10^9 operations.
func BenchmarkJudge(b *testing.B) {
	sizes := []uint64{1e7, 1e8}
	if os.Getenv("RMQPROOF_BENCH") == "full" {
		sizes = append(sizes, 1e9)
	}
	for _, n := range sizes {
		b.Run(fmt.Sprintf("one-core/1e%d", exponent(n)), func(b *testing.B) {
			bench(b, n, 1, lossAndOffsets, func() []history.Reader { return []history.Reader{newMade(n)} })
		})
		b.Run(fmt.Sprintf("two-agents/1e%d", exponent(n)), func(b *testing.B) {
			bench(b, n, 2, lossAndOffsets, func() []history.Reader { return parts(n) })
		})
	}
	b.Run("with-gaps/1e7", func(b *testing.B) {
		bench(b, 1e7, 1, lossAndOffsets, func() []history.Reader { m := newMade(1e7); m.gap = 997; return []history.Reader{m} })
	})
	b.Run("every-claim/1e7", func(b *testing.B) {
		bench(b, 1e7, 1, Options{}, func() []history.Reader { return []history.Reader{newMade(1e7)} })
	})
}

// BenchmarkJudgeFile judges a compressed history on disk.
func BenchmarkJudgeFile(b *testing.B) {
	const n = 1e7
	path := filepath.Join(b.TempDir(), history.FileName)
	out, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	if err := history.WriteCompact(out, newMade(n)); err != nil {
		b.Fatal(err)
	}
	info, _ := out.Stat()
	out.Close()
	b.ReportMetric(float64(info.Size())/n, "B/op-stored")
	bench(b, n, 2, lossAndOffsets, func() []history.Reader {
		f, err := history.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		return []history.Reader{f}
	})
}

func parts(n uint64) (out []history.Reader) {
	for i := range uint64(2) {
		m := newMade(n)
		m.parts, m.part = 2, i
		out = append(out, m)
	}
	return out
}

func exponent(n uint64) (e int) {
	for ; n >= 10; n /= 10 {
		e++
	}
	return e
}

func bench(b *testing.B, n uint64, procs int, o Options, readers func() []history.Reader) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
	before := cpuSeconds(b)
	for b.Loop() {
		r, err := JudgeAll(readers(), o)
		if err != nil {
			b.Fatal(err)
		}
		if r.Verdict != Valid {
			b.Fatal(r.Text())
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mops/s")
	b.ReportMetric(float64(n)*float64(b.N)/(cpuSeconds(b)-before)/1e6, "Mops/cpu-s")
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(taken())/(1<<20), "MiB")
}

// cpuSeconds is the processor time that this process has used: on a busy machine the fairer measure.
func cpuSeconds(b *testing.B) float64 {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// taken is the memory that the process holds of the operating system.
func taken() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64() - s[1].Value.Uint64()
}

// TestOneInAMillionIsNamed drops 0.0001 % of the acknowledged messages of a history of 10^7 and wants each named.
func TestOneInAMillionIsNamed(t *testing.T) {
	m := newMade(1e7)
	m.drop = map[uint64]bool{}
	want := []id{}
	for random := rand.New(rand.NewPCG(7, 0)); len(want) < 5; {
		n := random.Uint64N(m.sends)
		if !m.drop[n] {
			m.drop[n] = true
			want = append(want, id{m.producer(n), m.seq(n)})
		}
	}
	r, err := Judge(m, lossAndOffsets)
	if err != nil {
		t.Fatal(err)
	}
	c, _ := r.Claim(NoAckedLoss)
	if c.Verdict != Violated || c.Counts["lost"] != 5 || fmt.Sprint(c.Named) != fmt.Sprint(ranges(want)) || len(c.Evidence) != 5 {
		t.Fatalf("want %v lost\n%s", ranges(want), r.Text())
	}
}
