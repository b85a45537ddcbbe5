//go:build !mutation

package verify

import (
	"fmt"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/rmqproof/rmqproof/history"
)

// judged is the processor time of judging once, in seconds.
func judged(b *testing.B, r history.Reader, o Options) float64 {
	b.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	before := cpuSeconds(b)
	if _, err := Judge(r, o); err != nil {
		b.Fatal(err)
	}
	return cpuSeconds(b) - before
}

// BenchmarkLoss judges a file with one message lost, and prints what that takes beside the reading alone, and beside the same
// file without a loss.
func BenchmarkLoss(b *testing.B) {
	for form, n := range map[string]uint64{history.FileName: 4e6, "history.jsonl": 1e6} {
		b.Run(fmt.Sprintf("%s/%d", filepath.Ext(form)[1:], n), func(b *testing.B) {
			whole, lossy := newMade(n), newMade(n)
			lossy.drop = map[uint64]bool{n / 3: true}
			sound, lost := onDisk(b, filepath.Join(b.TempDir(), form), whole), onDisk(b, filepath.Join(b.TempDir(), form), lossy)
			for b.Loop() {
				read := readOnly(b, sound)
				without, with := judged(b, sound, lossAndOffsets), judged(b, lost, lossAndOffsets)
				b.ReportMetric((with-without)/read, "more-passes")
				b.ReportMetric(without/read, "x-read")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkFlapping judges probes of which every other one fails, and four times as many.
func BenchmarkFlapping(b *testing.B) {
	flapping := func(n int) (h history.Slice) {
		for i := range n {
			at := time.Duration(i) * 20 * ms1
			h = append(h, &history.Probe{Broker: "b", Start: at, End: at + ms1, Outcome: []history.Outcome{history.OK, history.Unknown}[i%2]})
		}
		return h
	}
	few, many := flapping(40_000), flapping(160_000)
	for b.Loop() {
		one, four := judged(b, few, Options{}), judged(b, many, Options{})
		b.ReportMetric(four, "cpu-s/160000")
		b.ReportMetric(four/one, "x-of-a-quarter")
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkManyQueues judges one send to each queue, by one producer with a high number: memory follows what is there.
func BenchmarkManyQueues(b *testing.B) {
	for _, queues := range []int32{100_000, 1_000_000} {
		b.Run(fmt.Sprint(queues), func(b *testing.B) {
			debug.FreeOSMemory()
			before := taken()
			for b.Loop() {
				m := newMade(2 * uint64(queues))
				m.queues, m.producers, m.first = queues, 1, 4095
				b.ReportMetric(judged(b, m, Options{}), "cpu-s")
			}
			b.ReportMetric(float64(taken()-before)/float64(queues), "B/queue")
			b.ReportMetric(0, "ns/op")
		})
	}
}
