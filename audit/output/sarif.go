package output

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/rmqproof/rmqproof/audit"
	"github.com/rmqproof/rmqproof/audit/rules"
)

const (
	sarifSchema = "https://json.schemastore.org/sarif-2.1.0.json"
	home        = "https://github.com/rmqproof/rmqproof"
)

type text struct {
	Text string `json:"text"`
}

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver driver `json:"driver"`
	} `json:"tool"`
	ColumnKind string   `json:"columnKind"`
	Results    []result `json:"results"`
}

type driver struct {
	Name           string      `json:"name"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID      string `json:"id"`
	Short   text   `json:"shortDescription"`
	Full    text   `json:"fullDescription"`
	Help    text   `json:"help"`
	Default struct {
		Level string `json:"level"`
	} `json:"defaultConfiguration"`
	Properties struct {
		Tags []string `json:"tags"`
	} `json:"properties"`
}

type result struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Level        string            `json:"level"`
	Message      text              `json:"message"`
	Locations    []location        `json:"locations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Suppressions []accepted        `json:"suppressions,omitempty"`
}

type accepted struct {
	Kind          string `json:"kind"`
	Justification string `json:"justification"`
}

type location struct {
	Physical *physical `json:"physicalLocation,omitempty"`
	Logical  []logical `json:"logicalLocations"`
}

type logical struct {
	Name string `json:"fullyQualifiedName"`
	Kind string `json:"kind"`
}

type physical struct {
	Artifact struct {
		URI string `json:"uri"`
	} `json:"artifactLocation"`
	Region *region `json:"region,omitempty"`
}

type region struct {
	StartLine int `json:"startLine"`
}

// SARIF writes the findings in the format of code scanning, version 2.1.0; suppressed ones with their reason.
func SARIF(w io.Writer, r audit.Report) error {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []result{}}
	run.Tool.Driver = driver{Name: "rmqproof audit", InformationURI: home}
	index := map[string]int{}
	for i, rule := range rules.All() {
		index[rule.ID] = i
		s := sarifRule{ID: rule.ID, Short: text{rule.Title}, Full: text{rule.Explain}, Help: text{rule.Explain + " Source: " + rule.Source}}
		s.Default.Level = level(rule.Severity)
		s.Properties.Tags = []string{rule.Category}
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, s)
	}
	for _, f := range append(append([]rules.Finding{}, r.Findings...), r.Suppressed...) {
		run.Results = append(run.Results, toResult(f, index[f.Rule]))
	}
	return encode(w, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

func level(s rules.Severity) string {
	if s == rules.Info {
		return "note"
	}
	return string(s)
}

func toResult(f rules.Finding, index int) result {
	sum := sha256.Sum256([]byte(f.Rule + "\x00" + f.Object + "\x00" + f.Message))
	out := result{
		RuleID: f.Rule, RuleIndex: index, Level: level(f.Severity), Message: text{f.Message + " Fix: " + f.Fix},
		Locations:    []location{{Logical: []logical{{f.Object, "resource"}}}},
		Fingerprints: map[string]string{"finding/v1": hex.EncodeToString(sum[:16])},
	}
	if f.File != "" && f.File != "stdin" && !strings.HasPrefix(f.File, "namespace ") {
		at := &physical{}
		at.Artifact.URI = (&url.URL{Path: filepath.ToSlash(f.File)}).String()
		if f.Line > 0 {
			at.Region = &region{f.Line}
		}
		out.Locations[0].Physical = at
	}
	if f.Suppressed != "" {
		out.Suppressions = []accepted{{"external", f.Suppressed}}
	}
	return out
}
