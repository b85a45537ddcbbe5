package catalog

import (
	"time"

	"github.com/rmqproof/rmqproof/chaos"
	"github.com/rmqproof/rmqproof/chaos/disk"
	"github.com/rmqproof/rmqproof/chaos/process"
	"github.com/rmqproof/rmqproof/scenario"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// mildDisks leave a store as it was: the next scenario goes on with the same cluster.
func mildDisks() []scenario.Scenario {
	master := chaos.Masters.One()
	return []scenario.Scenario{
		mild("attached-disk-hung", "The disk of a master hangs: writes wait, and then go on", disk.Hang{Target: master}),
		mild("attached-disk-slow", "The disk of a master takes 5 writes a second", disk.Slow{Target: master, Writes: 5}),
		mild("attached-empty-topics", "topics.json of a master is empty when its killed server starts again", disk.Empty{Target: master, File: disk.Topics}),
		mild("attached-empty-offsets", "consumerOffset.json of a master is empty when its killed server starts again", disk.Empty{Target: master, File: disk.Offsets}),
	}
}

// mild holds for 15 s: several times what a send waits for a flush and for a slave.
func mild(name, title string, f chaos.Fault) scenario.Scenario {
	s := failing(name, title, f)
	s.Steps[0].Hold, s.Takes, s.Spoils = 15*time.Second, 50*time.Second, false
	return s
}

// failingDisks are disks that fill and fail, under a master on an attached volume.
func failingDisks(v Versions) []scenario.Scenario {
	master := chaos.Masters.One()
	return []scenario.Scenario{
		failing("attached-disk-full", "The volume of a master is full, and then has space again", disk.Fill{Target: master}),
		unsynced(v, "attached-disk-readonly", "The volume of a master goes read-only; the broker goes on, and is then given a new mount", disk.ReadOnly{Target: master}),
		unsynced(v, "attached-disk-dead", "The disk of a master dies: all that is written ends in an I/O error; the broker goes on, and is then given a new mount",
			disk.Dead{Target: master}),
	}
}

// unsynced is answered by SEND_OK, although nothing can be synchronised, by all releases before 5.3.4 (#9713).
func unsynced(v Versions, name, title string, f chaos.Fault) scenario.Scenario {
	s := failing(name, title, f)
	s.Steps[0].Hold, s.Takes = 15*time.Second, 130*time.Second
	if v.olderThan("5.3.4") {
		s.Expect = verify.Expectation{Verdict: verify.Violated, By: claims.NoAckedLoss().ID()}
	}
	return s
}

// failing holds for longer than others do: a broker looks at its disk every 10 s.
func failing(name, title string, f chaos.Fault) scenario.Scenario {
	s := onAttached(name, title, f)
	s.Steps[0].Hold, s.Takes = 25*time.Second, 100*time.Second
	s.Claims, s.Spoils = kept(serves(restarts)...), true // what a disk did to a store is nothing to go on with
	return s
}

// large fills a log file of 1 MiB in some seconds.
var large = []scenario.Traffic{{Kind: "steady", Rate: 100, BodyBytes: 8000, Consumer: true}}

// noInodes has sends refused, each of which moved the queue on in releases before 5.1.1: every later one is then told an offset that
// is too high (#6570).
func noInodes(v Versions) scenario.Scenario {
	s := failing("attached-no-inodes", "No further file can be made on the volume of a master, which has space; then it can", disk.NoInodes{Target: chaos.Masters.One()})
	s.On.Settings, s.Load, s.Takes = smallFiles, large, 65*time.Second
	if v.olderThan("5.1.1") {
		s.Expect = verify.Expectation{Verdict: verify.Violated, By: claims.OffsetHonest().ID()}
	}
	return s
}

// bitRot shows what a reader gets: a broker that only hands messages on does not look at their bodies.
func bitRot() scenario.Scenario {
	s := onAttached("attached-bit-rot", "A byte changes in the log of a master: the reader gets it as it is", disk.Rot{Target: chaos.Masters.One()})
	s.On.Settings, s.Load, s.Spoils, s.Takes = smallFiles, large, true, 45*time.Second
	s.Budget.Before = 15 * time.Second // some finished log files
	s.Expect = verify.Expectation{Verdict: verify.Violated, By: claims.PayloadIntact().ID()}
	return s
}

// bitRotRestart lets the broker read its log again: it looks at the last files alone, and what is in those before stays as it is.
func bitRotRestart() scenario.Scenario {
	s := bitRot()
	s.Name, s.Title = "attached-bit-rot-restart", "A byte changes in the log of a master, whose process is then killed: recovery passes it over"
	s.Steps = append(s.Steps, scenario.Step{After: time.Second, Hold: 10 * time.Second, Fault: process.Kill{Target: chaos.Masters.One()}})
	s.Takes, s.Claims = 75*time.Second, kept(serves(restarts)...)
	return s
}
