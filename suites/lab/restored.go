package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/fixtures/backup"
	"github.com/rmqproof/rmqproof/fixtures/rocketmq"
	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
	"github.com/rmqproof/rmqproof/workload/agentapi"
)

// RecoveryPoint is the key of Experiment.Meta.Config that says how far a backup reaches.
const RecoveryPoint = "recovery point"

// RestoredSuffix is what the name of a restoration has behind that of the scenario which it belongs to.
const RestoredSuffix = "-restored"

// backupDir is the folder of an experiment's backup, below its own.
const backupDir = "backup"

// restoration is the name of what was done between the moment of a backup and the cluster that was made of it.
const restoration = "backup and restore"

// Restored is a cluster that was made of a backup, and the run during which that was taken.
type Restored struct {
	Cluster *rocketmq.Cluster
	Backup  backup.Backup
	Source  string // history of the run
	Dir     string // for the history and the report
}

// Judge holds the restored cluster to what the source's clients were told before the backup's moment. What it judges is a history of its own,
// which `rmqproof judge` judges again.
func (r Restored) Judge(ctx context.Context) (reports.Experiment, error) {
	began, name := time.Now(), filepath.Base(r.Dir)
	source, err := history.Open(r.Source)
	if err != nil {
		return reports.Experiment{}, err
	}
	if err := os.MkdirAll(r.Dir, 0o755); err != nil {
		return reports.Experiment{}, err
	}
	path := filepath.Join(r.Dir, history.FileName)
	rec, err := history.Create(path)
	if err != nil {
		return reports.Experiment{}, err
	}
	d := derived{name: name, moment: r.Backup.Moment, into: rec.Append}
	err = d.sends(source)
	if err == nil {
		err = d.before(r.Backup)
	}
	if err == nil {
		err = backup.Contents(ctx, r.Cluster, d.ask(), d.found)
	}
	if err := errors.Join(err, rec.Close()); err != nil {
		return reports.Experiment{}, fmt.Errorf("reading what was restored: %w", err)
	}
	made, err := history.Open(path)
	if err != nil {
		return reports.Experiment{}, err
	}
	report, err := verify.Judge(made, verify.Options{})
	return reports.Experiment{Name: name, Title: "What was restored of the backup", History: path, Report: report,
		Meta: reports.Meta{Started: began, Took: time.Since(began), Cluster: r.Cluster.Topology().Described(),
			Versions: map[string]string{"rocketmq": r.Backup.Version},
			Config:   map[string]string{RecoveryPoint: d.reach()}, Evidence: []string{history.FileName}}}, err
}

// derived is the history of a restoration: what the source's clients were told until the moment, what its masters had then, and
// what the restored cluster has. What was acknowledged later may be there or not.
type derived struct {
	name   string
	moment time.Time
	into   func(history.Record) error

	run    history.Run
	topics []string
	queues int
	later  map[id]time.Duration // when what was acknowledged after the moment was
	also   map[id]bool          // of these, what is there
}

type id struct {
	producer uint32
	seq      uint64
}

// at is the moment as a time of the run.
func (d *derived) at() time.Duration { return d.moment.Sub(d.run.Started) }

// sends copies the run's line and every attempt to send, and learns of the scans what is to be read.
func (d *derived) sends(source history.Reader) error {
	d.later, d.also = map[id]time.Duration{}, map[id]bool{}
	for record, err := range source.Records() {
		switch r := record.(type) {
		case *history.Run:
			d.run = *r
			err = errors.Join(err, d.into(d.announced()))
		case *history.Send:
			err = errors.Join(err, d.send(*r))
		case *history.Scan:
			if !slices.Contains(d.topics, r.Topic) {
				d.topics = append(d.topics, r.Topic)
			}
			d.queues = max(d.queues, int(r.Queue)+1)
		}
		if err != nil {
			return err
		}
	}
	if len(d.topics) == 0 {
		return errors.New("the run's history holds no scan: it does not say what is to be found")
	}
	return nil
}

// announced is the run as it is to be judged: by messages, and by what masters keep beside them.
func (d *derived) announced() *history.Run {
	return &history.Run{Version: d.run.Version, ID: d.name, Started: d.run.Started, Brokers: d.run.Brokers, Faults: []string{restoration},
		Tool: d.run.Tool, Seed: d.run.Seed, Claims: claims.Texts(restoredClaims())}
}

// restoredClaims are those on every message, and on topics, groups and progress.
func restoredClaims() []verify.Claim {
	return claims.Sorted([]verify.Claim{
		claims.NoAckedLoss(), claims.NoUnexpected(), claims.NoLogDuplicate(), claims.PayloadIntact(), claims.OffsetHonest(), claims.OffsetUnique(),
		claims.MetadataKept(), claims.FaultConfirmed(),
	})
}

func (d *derived) send(s history.Send) error {
	if s.Outcome == history.OK && s.End > d.at() {
		d.later[id{s.Producer, s.Seq}] = s.End - d.at()
		s.Outcome, s.Offset = history.Unknown, -1
	}
	return d.into(&s)
}

// before records what the masters had at the moment, and then the restoration, which has nothing to undo.
func (d *derived) before(b backup.Backup) error {
	state, err := b.Masters()
	if err != nil {
		return err
	}
	last := d.at()
	for _, s := range state {
		s.At += d.at() // they count from the moment
		last = max(last, s.At)
		if err := d.into(s); err != nil {
			return err
		}
	}
	last += time.Millisecond
	return d.into(&history.Span{Name: restoration, Phase: history.Fault, Target: "every group", Start: d.at(), Decided: d.at(), Injected: last,
		ConfirmedAt: last, Healing: last, Healed: last, End: last, Confirmed: true})
}

// ask is what the restored cluster is asked for. The load's own topics bear the name of its run.
func (d *derived) ask() agentapi.Contents {
	name := strings.TrimPrefix(d.topics[0], "rmqproof-")
	if i := strings.LastIndex(name, "-"); i > 0 {
		name = name[:i]
	}
	return agentapi.Contents{Run: name, Zero: d.run.Started, Groups: d.run.Brokers, Topics: d.topics, Queues: d.queues}
}

func (d *derived) found(r history.Record) error {
	if f, ok := r.(*history.Found); ok && f.Intact {
		if _, later := d.later[id{f.Producer, f.Seq}]; later {
			d.also[id{f.Producer, f.Seq}] = true
		}
	}
	return d.into(r)
}

// reach says how far the backup reaches beyond its moment.
func (d *derived) reach() string {
	newest, oldest := time.Duration(0), time.Duration(-1)
	for m, after := range d.later {
		switch {
		case d.also[m]:
			newest = max(newest, after)
		case oldest < 0 || after < oldest:
			oldest = after
		}
	}
	s := fmt.Sprintf("%s, the backup's moment; of %d messages acknowledged later %d are there as well", d.moment.UTC().Format(time.RFC3339Nano), len(d.later), len(d.also))
	if len(d.also) > 0 {
		s += fmt.Sprintf(", the newest acknowledged %s after it", newest.Round(time.Millisecond))
	}
	if oldest >= 0 {
		s += fmt.Sprintf("; the first that is not was acknowledged %s after it", oldest.Round(time.Millisecond))
	}
	return s
}
