package reports

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rmqproof/rmqproof/reports/wording"
	"github.com/rmqproof/rmqproof/verify"
)

// JUnit knows no third verdict. A violated claim is a failure. An inconclusive one is an error, not "skipped": every
// CI system shows a suite whose tests were skipped as passed, and a run that proved nothing must never look green;
// "error" is JUnit's own word for a test that could not decide. A suite without a claim gets a test case in error,
// for a suite without tests is green too.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Timestamp  string          `xml:"timestamp,attr,omitempty"`
	Properties []junitProperty `xml:"properties>property,omitempty"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitProblem `xml:"failure,omitempty"`
	Error   *junitProblem `xml:"error,omitempty"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitProblem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// junit writes the experiment as one suite, a test case for each claim.
func (e Experiment) junit(w io.Writer) error { return writeJUnit(w, e.Name, []junitSuite{e.suite()}) }

func writeJUnit(w io.Writer, name string, suites []junitSuite) error {
	all := junitSuites{Name: "rmqproof " + name, Suites: suites}
	var took float64
	for _, s := range suites {
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Errors += s.Errors
		var seconds float64
		if _, err := fmt.Sscanf(s.Time, "%f", &seconds); err == nil {
			took += seconds
		}
	}
	all.Time = fmt.Sprintf("%.3f", took)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (e Experiment) suite() junitSuite {
	s := junitSuite{Name: e.Name, Time: fmt.Sprintf("%.3f", e.Meta.Took.Seconds()), Properties: e.properties()}
	if !e.Meta.Started.IsZero() {
		s.Timestamp = e.Meta.Started.UTC().Format("2006-01-02T15:04:05")
	}
	if e.Error != "" {
		s.Cases = append(s.Cases, broken(e.Name, "the experiment goes as planned", e.Error))
	}
	if len(e.Report.Claims) == 0 {
		s.Cases = append(s.Cases, broken(e.Name, "a claim is judged", "no claim was judged, so nothing was proved"))
	}
	for _, c := range e.Report.Claims {
		s.Cases = append(s.Cases, testCase(e.Name, c))
	}
	s.Tests = len(s.Cases)
	for _, c := range s.Cases {
		if c.Failure != nil {
			s.Failures++
		}
		if c.Error != nil {
			s.Errors++
		}
	}
	return s
}

func broken(suite, name, why string) junitCase {
	return junitCase{Class: suite, Name: name, Time: "0", Error: &junitProblem{firstLine(why), string(verify.Inconclusive), why}}
}

func testCase(suite string, c verify.Judgement) junitCase {
	out := junitCase{Class: suite, Name: c.ID, Time: "0"}
	problem := &junitProblem{firstLine(c.Why), string(c.Verdict), c.Why + "\n" + evidenceText(c.Evidence)}
	switch c.Verdict {
	case verify.Valid:
		out.Out = strings.TrimSpace(c.Why + " " + countsLine(c.Counts))
	case verify.Violated:
		out.Failure = problem
	default:
		out.Error = problem
	}
	return out
}

func evidenceText(all []verify.Evidence) string {
	var b strings.Builder
	for _, e := range all {
		fmt.Fprintf(&b, "\n%s\n%s\n", e.Summary, evidenceLines(e))
	}
	return b.String()
}

func (e Experiment) properties() []junitProperty {
	out := []junitProperty{
		{"verdict", string(e.Verdict())}, {"title", e.Title}, {"seed", fmt.Sprint(e.Meta.Seed)}, {"rerun", e.Meta.Rerun},
	}
	for _, k := range sortedKeys(e.Meta.Versions) {
		out = append(out, junitProperty{"version." + k, e.Meta.Versions[k]})
	}
	for _, g := range e.Report.Availability.Groups {
		out = append(out, junitProperty{"longest-outage." + g.Group, g.Longest.Round(time.Millisecond).String()})
	}
	return out
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return wording.Clip(line, 300)
}
