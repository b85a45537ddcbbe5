package history

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// A later field joined the format after the first files were written. In both forms it still stands among the
// unknown fields, so that older programs keep it.
type later struct {
	name  string
	value any // pointer to the field
	given *bool
	want  bool
}

func field(name string, value any) later { return later{name: name, value: value} }

// onlyIf is a field that stands in the file where given has the value want.
func onlyIf(name string, value any, given *bool, want bool) later {
	return later{name, value, given, want}
}

func laterFields(r Record) []later {
	switch r := r.(type) {
	case *Run:
		return []later{field("groups", &r.Groups), field("brokers", &r.Brokers), field("probes", &r.Probes), field("faults", &r.Faults), field("spans", &r.Spans),
			field("copies", &r.Copies), field("replicas", &r.Replicas), field("tool", &r.Tool), field("seed", &r.Seed), field("config", &r.Config)}
	case *Send:
		return []later{onlyIf("retry_of", &r.RetryOf, &r.Retry, true), field("detail", &r.Detail), field("type", &r.Type)}
	case *Scan:
		return []later{field("process", &r.Process), onlyIf("master", &r.Master, nil, true), field("epoch", &r.Epoch), field("gone", &r.Gone),
			field("why", &r.Why), field("holes", &r.Holes)}
	case *Found:
		return []later{onlyIf("stored_offset", &r.Stored, &r.Misplaced, true)}
	case *Deliver:
		return []later{onlyIf("intact", new(bool), &r.Damaged, true)}
	case *Probe:
		return []later{field("skipped", &r.Skipped), field("status", &r.Status), field("address", &r.Address), field("detail", &r.Detail)}
	case *Span:
		return []later{field("decided", &r.Decided), field("injected", &r.Injected), field("confirmed_at", &r.ConfirmedAt), field("healing", &r.Healing), field("healed", &r.Healed)}
	case *Change:
		return []later{field("at", &r.At), field("broker", &r.Broker), field("process", &r.Process), field("address", &r.Address), field("id", &r.ID),
			field("role", &r.Role), field("epoch", &r.Epoch), field("in_sync", &r.InSync), field("writable", &r.Writable), field("by", &r.By)}
	case *Problem:
		return []later{field("at", &r.At), field("step", &r.Step), field("text", &r.Text)}
	}
	return nil
}

// extraAt is where r keeps its unknown fields.
func extraAt(r Record) *Extra {
	switch r := r.(type) {
	case *Run:
		return &r.Extra
	case *Send:
		return &r.Extra
	case *Scan:
		return &r.Extra
	case *Found:
		return &r.Extra
	case *Deliver:
		return &r.Extra
	case *Probe:
		return &r.Extra
	case *Span:
		return &r.Extra
	case *Change:
		return &r.Extra
	case *Problem:
		return &r.Extra
	}
	return new(Extra)
}

func (f later) present() bool {
	if f.given != nil {
		return *f.given == f.want
	}
	return f.want || !reflect.ValueOf(f.value).Elem().IsZero()
}

// extraOf is r's unknown fields and its later ones together.
func extraOf(r Record) (Extra, error) {
	var all Extra
	x := *extraAt(r)
	for _, f := range laterFields(r) {
		if !f.present() {
			continue
		}
		v, err := json.Marshal(f.value)
		if err != nil {
			return nil, fmt.Errorf("field %q: %w", f.name, err)
		}
		if all == nil {
			all = Extra{}
			for name, v := range x {
				all[name] = v
			}
		}
		all[f.name] = v
	}
	if all == nil {
		return x, nil
	}
	return all, nil
}

// lift moves the later fields out of the unknown ones into their places.
func lift(r Record) error {
	x := extraAt(r)
	if s, ok := r.(*Scan); ok {
		s.Master = strings.HasSuffix(s.Replica, "/0")
	}
	for _, f := range laterFields(r) {
		v, ok := (*x)[f.name]
		if !ok {
			continue
		}
		delete(*x, f.name)
		if string(v) == "null" {
			continue
		}
		if err := json.Unmarshal(v, f.value); err != nil {
			return fmt.Errorf("field %q: %w", f.name, err)
		}
		if f.given != nil {
			*f.given = f.want
		}
		if b, ok := f.value.(*bool); ok && f.given != nil {
			*f.given = !*b
		}
	}
	if len(*x) == 0 {
		*x = nil
	}
	return nil
}
