package watch

import (
	"context"
	"maps"
	"time"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/workload/agentapi"
)

// Offset is the kind of state that is a consumer group's committed offset in one queue, by its group's master.
const Offset = "offset"

// repeatEvery is for how long an offset that stays as it is goes without saying: who reads the history knows then that a master still says so.
const repeatEvery = 3 * time.Second

// gone is what stands for an offset that a master does not have any more.
const gone = "-1"

// committed is one consumer group's offset in one queue of a broker group.
type committed struct{ broker, name string }

// offsets records what each group's master says is committed, where it has changed, and all of it now and then. A group in which two call themselves master is
// passed over: one of them is out of date.
func (w *Watcher) offsets(ctx context.Context, report agentapi.Reported) error {
	if w.Committed == nil {
		return nil
	}
	for group, address := range onlyMasters(report.Brokers) {
		at := w.Since()
		now, err := w.Committed(ctx, address)
		if err != nil {
			continue // who does not answer has said nothing
		}
		for known := range w.offset {
			if _, has := now[known.name]; known.broker == group && !has {
				now[known.name] = gone
			}
		}
		if at-w.repeated[group] >= repeatEvery {
			w.repeated[group] = at
			maps.DeleteFunc(w.offset, func(known committed, value string) bool { return known.broker == group && value != gone })
		}
		if err := w.noteOffsets(history.State{At: at, Broker: group, Address: address, What: Offset}, now); err != nil {
			return err
		}
	}
	return nil
}

func (w *Watcher) noteOffsets(s history.State, now map[string]string) error {
	for name, value := range now {
		key := committed{s.Broker, name}
		if w.offset[key] == value {
			continue
		}
		w.offset[key] = value
		one := s
		one.Name, one.Value = name, value
		if err := w.Record(&one); err != nil {
			return err
		}
	}
	return nil
}

// onlyMasters gives the address of each broker group's master where there is exactly one that answers.
func onlyMasters(brokers []agentapi.Broker) map[string]string {
	masters := map[string][]string{}
	for _, b := range brokers {
		if b.Role == agentapi.RoleMaster && b.Error == "" {
			masters[b.Group] = append(masters[b.Group], b.Address)
		}
	}
	only := map[string]string{}
	for group, list := range masters {
		if len(list) == 1 {
			only[group] = list[0]
		}
	}
	return only
}
