package certificate

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"time"

	"github.com/rmqproof/rmqproof/internal/redact"
	"github.com/rmqproof/rmqproof/verify"
)

// Format is the version of certificate.json; its schema lies beside it in every bundle.
const Format = 1

const kind = "certificate"

// Schema is the JSON schema of certificate.json.
//
//go:embed assets/certificate.schema.json
var Schema []byte

// Certificate says how a configuration fared under a profile. It is certified where every scenario of the profile is
// valid, no promise was broken and every demand was met.
type Certificate struct {
	Format        int               `json:"format"`
	Kind          string            `json:"kind"`
	Certified     bool              `json:"certified"`
	Verdict       verify.Verdict    `json:"verdict"`
	Reasons       []string          `json:"reasons"` // why it is not certified, the most important first
	Profile       ProfileID         `json:"profile"`
	Tool          Tool              `json:"tool"`
	Configuration Configuration     `json:"configuration"`
	Environment   map[string]string `json:"environment"` // what it ran on, as the scenarios' verdicts say
	Started       time.Time         `json:"started,omitzero"`
	Seed          int64             `json:"seed"`
	Demands       []string          `json:"demands"`
	Deviations    []string          `json:"deviations"` // in what the tested thing differs from the configuration, and the run from an ordinary one
	LeftOut       []string          `json:"leftOut"`    // evidence of the run that is not in the bundle, since no secret can be taken out of it
	Scenarios     []Scenario        `json:"scenarios"`
}

// ProfileID names a version of a profile, and the RocketMQ versions that it was run with.
type ProfileID struct {
	Name      string `json:"name"`
	Version   int    `json:"version"`
	RocketMQ  string `json:"rocketmq"`
	UpgradeTo string `json:"upgradeTo"` // empty: no scenario of the profile upgrades
}

func (p ProfileID) String() string { return fmt.Sprintf("%s v%d", p.Name, p.Version) }

// releases are RocketMQ's that the scenarios saw.
func (p ProfileID) releases() string {
	if p.UpgradeTo == "" {
		return p.RocketMQ
	}
	return p.RocketMQ + ", upgraded to " + p.UpgradeTo
}

// Tool is the program that made a certificate.
type Tool struct {
	Version string `json:"version"`
	Digest  string `json:"digest"` // sha256 of the executable
}

// Configuration is what was tested.
type Configuration struct {
	Name   string `json:"name"`
	Digest string `json:"digest"` // sha256 of the rendered manifests, without their secrets
}

// Scenario is one row: what was promised, demanded and seen, and the verdict.
type Scenario struct {
	Name      string         `json:"name"`
	Title     string         `json:"title"`
	Verdict   verify.Verdict `json:"verdict"`
	NotRun    string         `json:"notRun,omitempty"` // why there is no verdict of its own
	Problem   string         `json:"problem,omitempty"`
	Promised  Promise        `json:"promised"`
	Broken    []string       `json:"broken"` // promises that the run broke
	Demanded  []Answer       `json:"demanded"`
	Seen      *Seen          `json:"seen,omitempty"`
	Violated  []string       `json:"violated"`
	Undecided []string       `json:"undecided"`
}

// Promise is what the audit reads off the configuration for the failure that a scenario makes.
type Promise struct {
	Failure      string        `json:"failure,omitempty"`      // empty: the audit promises nothing about such a fault
	Acknowledged string        `json:"acknowledged,omitempty"` // kept, lost-up-to, unknown or lost
	UpTo         time.Duration `json:"upTo,omitempty"`         // the span that lost-up-to bounds, in nanoseconds; 0: no bound
	Sends        string        `json:"sends,omitempty"`        // same-group, other-groups, unknown or none
	Sentence     string        `json:"sentence,omitempty"`
}

// Answer is that to one demand.
type Answer struct {
	Demand string         `json:"demand"`
	Answer verify.Verdict `json:"answer"`
}

// encode writes certificate.json.
func (c Certificate) encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(c); err != nil {
		return nil, fmt.Errorf("write %s: %w", CertificateFile, err)
	}
	return redact.Bytes(b.Bytes()), nil
}

// decode reads what encode wrote. A field that this version does not know is refused: it may say what nobody checks.
func decode(raw []byte) (Certificate, error) {
	var c Certificate
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, fmt.Errorf("%s cannot be read as one of this rmqproof's: %w", CertificateFile, err)
	}
	switch {
	case c.Kind != kind:
		return c, fmt.Errorf("%s is a %q, and no certificate", CertificateFile, c.Kind)
	case c.Format != Format:
		return c, fmt.Errorf("%s has format %d, this rmqproof reads %d: use the rmqproof that made it", CertificateFile, c.Format, Format)
	}
	return c, nil
}
