package certificate

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"path/filepath"

	"github.com/rmqproof/rmqproof/reports"
	"github.com/rmqproof/rmqproof/reports/plot"
	"github.com/rmqproof/rmqproof/reports/wording"
	"github.com/rmqproof/rmqproof/verify"
)

//go:embed assets/certificate.html
var pageSource string

//go:embed assets/certificate.css
var pageStyle string

var pageTemplate = template.Must(template.New("certificate").Funcs(template.FuncMap{"text": wording.Printable}).Parse(pageSource))

// sheet is what the page's template shows.
type sheet struct {
	Style       template.CSS
	Policy      string
	C           Certificate
	Verdict     verify.Verdict
	Word        string
	Headline    string
	Definitions string
	Promised    [][2]string
	Facts       [][2]string
	Rows        []sheetRow
}

type sheetRow struct {
	S       Scenario
	V       view
	Picture template.HTML
	Link    string
}

// page draws the certificate as one page that prints, with the scenarios' time lines.
func (c Certificate) page(bundle string) ([]byte, error) {
	style := "\n" + plot.Style() + pageStyle
	sum := sha256.Sum256([]byte(style))
	out := sheet{Style: template.CSS(style), C: c, Verdict: c.Verdict, Word: "Not certified", Headline: c.headline(), Definitions: definitions, Facts: c.facts(), Promised: c.promised(),
		Policy: "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"}
	if c.Certified {
		out.Word = "Certified"
	}
	for _, s := range c.Scenarios {
		row := sheetRow{S: s, V: s.view()}
		if s.Seen != nil {
			e, err := reports.ReadExperiment(filepath.Join(bundle, scenariosFolder, s.Name))
			if err != nil {
				return nil, err
			}
			picture, err := e.Picture()
			if err != nil {
				return nil, err
			}
			row.Picture, row.Link = template.HTML(picture), scenariosFolder+"/"+s.Name+"/"+reports.TimelineFile
		}
		out.Rows = append(out.Rows, row)
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, out); err != nil {
		return nil, fmt.Errorf("fill in %s: %w", pageFile, err)
	}
	return b.Bytes(), nil
}
