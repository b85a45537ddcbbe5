//go:build !mutation

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
	"github.com/rmqproof/rmqproof/verify/internal/facts"
)

// lossAndOffsets are the claims whose speed is promised.
var lossAndOffsets = Options{Claims: named(NoAckedLoss, NoUnexpected, NoLogDuplicate, OffsetHonest, OffsetUnique, OffsetMonotone), MessagesOnly: true}

// BenchmarkJudge prints operations a second and the memory that judging takes from the operating system.
// RMQPROOF_BENCH=full adds 10^9 operations.
func BenchmarkJudge(b *testing.B) {
	sizes := []uint64{1e7, 1e8}
	if os.Getenv("RMQPROOF_BENCH") == "full" {
		sizes = append(sizes, 1e9)
	}
	for _, n := range sizes {
		b.Run(fmt.Sprintf("one-core/1e%d", exponent(n)), func(b *testing.B) {
			made := readOnly(b, newMade(n))
			took := bench(b, job{n, 1, lossAndOffsets}, func() []history.Reader { return []history.Reader{newMade(n)} })
			b.ReportMetric(took/made, "x-making")
		})
		b.Run(fmt.Sprintf("two-agents/1e%d", exponent(n)), func(b *testing.B) {
			bench(b, job{n, 2, lossAndOffsets}, func() []history.Reader { return parts(n) })
		})
	}
	b.Run("with-gaps/1e7", func(b *testing.B) {
		bench(b, job{1e7, 1, lossAndOffsets}, func() []history.Reader { m := newMade(1e7); m.gap = 997; return []history.Reader{m} })
	})
	b.Run("every-claim/1e7", func(b *testing.B) {
		made := readOnly(b, newMade(1e7))
		took := bench(b, job{1e7, 1, Options{}}, func() []history.Reader { return []history.Reader{newMade(1e7)} })
		b.ReportMetric(took/made, "x-making")
	})
}

// BenchmarkJudgeFile judges a history on disk, in either form, and prints what that takes as a multiple of reading alone.
func BenchmarkJudgeFile(b *testing.B) {
	for form, n := range map[string]uint64{history.FileName: 1e7, "history.jsonl": 1e6} {
		b.Run(fmt.Sprintf("%s/1e%d", filepath.Ext(form)[1:], exponent(n)), func(b *testing.B) { benchFile(b, form, n) })
	}
}

func benchFile(b *testing.B, form string, n uint64) {
	f := onDisk(b, filepath.Join(b.TempDir(), form), newMade(n))
	read := readOnly(b, f)
	judged := bench(b, job{n, 2, lossAndOffsets}, func() []history.Reader { return []history.Reader{f} })
	b.ReportMetric(judged/read, "x-read")
	b.ReportMetric(float64(n)/read/1e6, "Mops/cpu-s-read")
}

func onDisk(b *testing.B, path string, r history.Reader) *history.File {
	b.Helper()
	out, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer out.Close()
	write := history.WriteCompact
	if filepath.Ext(path) == ".jsonl" {
		write = history.WriteLines
	}
	if err := write(out, r); err != nil {
		b.Fatal(err)
	}
	f, err := history.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	return f
}

// eacher gives records that are valid until the next one.
type eacher interface {
	Each() iter.Seq2[history.Record, error]
}

// readOnly is the processor time of reading, or making, a history once, in seconds.
func readOnly(b *testing.B, f eacher) float64 {
	before := cpuSeconds(b)
	for _, err := range f.Each() {
		if err != nil {
			b.Fatal(err)
		}
	}
	return cpuSeconds(b) - before
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

// job is one thing to be measured.
type job struct {
	operations uint64
	procs      int
	options    Options
}

// bench judges and reports what it takes. It gives the processor time of one judgement, in seconds.
func bench(b *testing.B, j job, readers func() []history.Reader) float64 {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(j.procs))
	defer beat(b.Name())()
	before := cpuSeconds(b)
	for b.Loop() {
		r, err := JudgeAll(readers(), j.options)
		if err != nil {
			b.Fatal(err)
		}
		if r.Verdict != Valid {
			b.Fatal(r.Text())
		}
	}
	b.ReportMetric(float64(j.operations)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mops/s")
	took := (cpuSeconds(b) - before) / float64(b.N)
	b.ReportMetric(float64(j.operations)/took/1e6, "Mops/cpu-s")
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(taken())/(1<<20), "MiB")
	return took
}

// beat says now and then that a benchmark still runs, until the returned function is called.
func beat(name string) (stop func()) {
	t, began, end := time.NewTicker(8*time.Second), time.Now(), make(chan struct{})
	go func() {
		defer t.Stop()
		for {
			select {
			case <-end:
				return
			case <-t.C:
				fmt.Fprintf(os.Stderr, "%s: %s so far\n", name, time.Since(began).Round(time.Second))
			}
		}
	}()
	return func() { close(end) }
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
	want := []facts.ID{}
	for random := rand.New(rand.NewPCG(7, 0)); len(want) < 5; {
		n := random.Uint64N(m.sends)
		if !m.drop[n] {
			m.drop[n] = true
			want = append(want, message(m.producer(n), m.seq(n)))
		}
	}
	r, err := Judge(m, lossAndOffsets)
	if err != nil {
		t.Fatal(err)
	}
	c, _ := r.Claim(NoAckedLoss)
	if c.Verdict != Violated || c.Counts["lost"] != 5 || fmt.Sprint(c.Named) != fmt.Sprint(facts.Ranges(want)) || len(c.Evidence) != 5 {
		t.Fatalf("want %v lost\n%s", facts.Ranges(want), r.Text())
	}
}
