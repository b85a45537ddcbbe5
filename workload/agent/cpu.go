package agent

import (
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
)

// garbagePercent lets the small heap grow eightfold between collections.
const garbagePercent = 800

// memoryLimit keeps that below the limit of the agent's container, 512 MiB, also when large messages are sent.
const memoryLimit = 384 << 20

// Tune makes a process that is an agent frugal: it must not take from the brokers what it measures. One processor is
// enough for thousands of messages a second, and waking others for the next small event costs more than the event.
func Tune() {
	debug.SetGCPercent(garbagePercent)
	debug.SetMemoryLimit(memoryLimit)
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(1)
	}
}

// cpuSeconds is the user and system time that this process has used.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return seconds(u.Utime) + seconds(u.Stime)
}

// cost is what a load took, in seconds.
type cost struct{ cpu, lasted float64 }

func (r *run) soFar() cost { return cost{cpuSeconds() - r.cpuBefore, r.since().Seconds()} }

func seconds(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
