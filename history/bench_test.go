package history

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// load is a history as a run of n sends makes it: 64 producers send to 16 queues of two groups at random, with 1000
// keys; probes lie between the sends; at the end every queue is scanned.
type load int

func (n load) Records() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		r := rand.New(rand.NewPCG(1, 2))
		seqs, queues := [64]uint64{}, [16][]Found{}
		for i := range int(n) / 2 {
			p, q, at := r.IntN(64), r.IntN(16), time.Duration(i)*50*time.Microsecond
			broker := [2]string{"broker-a", "broker-b"}[q/8]
			s := &Send{Producer: uint32(p), Seq: seqs[p], Topic: "rmqproof-kill-master", Key: fmt.Sprintf("k%d", r.IntN(1000)), Intended: at,
				Start: at + time.Duration(r.IntN(1e5)), Outcome: OK, Status: "SEND_OK", Broker: broker, Queue: int32(q % 8), Offset: int64(len(queues[q]))}
			s.End = s.Start + time.Duration(5e5+r.IntN(1e6))
			seqs[p]++
			queues[q] = append(queues[q], Found{Replica: broker + "/0", Topic: s.Topic, Broker: broker, Queue: s.Queue, Offset: s.Offset, Producer: s.Producer, Seq: s.Seq, Intact: true})
			if !yield(s, nil) || i%100 == 0 && !yield(&Probe{Broker: broker, Start: at, End: at + time.Duration(r.IntN(1e6)), Outcome: OK}, nil) {
				return
			}
		}
		for _, q := range queues {
			for i := range q {
				if !yield(&q[i], nil) {
					return
				}
			}
		}
	}
}

const benched = 1 << 20

func stored(b *testing.B, name string, write func(io.Writer, Reader) error) *File {
	b.Helper()
	path := filepath.Join(b.TempDir(), name)
	var out bytes.Buffer
	if err := write(&out, load(benched)); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(out.Len())/benched, "B/op-stored")
	f, err := Open(path)
	if err != nil {
		b.Fatal(err)
	}
	return f
}

func cpu(b *testing.B) float64 {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano() + u.Stime.Nano())
}

// readOnly is the processor time of reading one record, in ns.
func readOnly(b *testing.B, f *File) float64 {
	before := cpu(b)
	for b.Loop() {
		n := 0
		for _, err := range f.Each() {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n < benched {
			b.Fatal(n)
		}
	}
	return (cpu(b) - before) / float64(b.N) / benched
}

// BenchmarkRead prints the processor time that reading takes in either form, and JSON Lines as a multiple of binary.
func BenchmarkRead(b *testing.B) {
	var binary float64
	b.Run("binary", func(b *testing.B) {
		f := stored(b, FileName, WriteCompact)
		binary = readOnly(b, f)
		b.ReportMetric(binary, "cpu-ns/record")
	})
	b.Run("lines", func(b *testing.B) {
		f := stored(b, "history.jsonl", WriteLines)
		lines := readOnly(b, f)
		b.ReportMetric(lines, "cpu-ns/record")
		b.ReportMetric(lines/binary, "x-binary")
	})
}

func BenchmarkWrite(b *testing.B) {
	var all Slice
	for r := range load(benched).Records() {
		all = append(all, r)
	}
	for name, write := range map[string]func(io.Writer, Reader) error{"binary": WriteCompact, "lines": WriteLines} {
		b.Run(name, func(b *testing.B) {
			before := cpu(b)
			for b.Loop() {
				if err := write(io.Discard, all); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric((cpu(b)-before)/float64(b.N)/benched, "cpu-ns/record")
		})
	}
}

// BenchmarkAppend prints the processor time of recording one record, as an agent does while its load runs.
func BenchmarkAppend(b *testing.B) {
	for r := range load(2).Records() {
		b.Run(string(r.Kind()), func(b *testing.B) {
			w := NewRecorder(io.Discard)
			before := cpu(b)
			for b.Loop() {
				if err := w.Append(r); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric((cpu(b)-before)/float64(b.N), "cpu-ns/record")
			b.ReportMetric(float64(w.Offset())/float64(b.N), "B/record")
		})
	}
}
