package reports

import "github.com/rmqproof/rmqproof/reports/plot"

// Picture is the experiment's time line without rate and latency, as markup for a page that has plot's style. It is
// empty where there is nothing to draw.
func (e Experiment) Picture() (string, error) {
	s, err := e.collect()
	if err != nil || s.Records == 0 {
		return "", err
	}
	return plot.Small(s, judgedOf(e.Report), e.title())
}
