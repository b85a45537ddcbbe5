//go:build !agent

package main

import (
	"os"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/suites/catalog"
)

// documented are the rows of the track record's page, by the bugs' ids.
func documented(t *testing.T) map[string]row {
	t.Helper()
	page, err := os.ReadFile("../../docs/track-record.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]row{}
	for line := range strings.Lines(string(page)) {
		c := strings.Split(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "| "), " |"), " | ")
		id, isRow := strings.CutPrefix(c[len(c)-1], "`rmqproof repro ")
		if !isRow || len(c) != 10 {
			continue
		}
		issue, title, _ := strings.Cut(c[0], " ")
		rows[strings.TrimSuffix(id, "`")] = row{issue, title, c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9]}
	}
	return rows
}

// TestTheTrackRecordsPageIsWhatTheCommandPrints holds for all but the rates, which come from runs.
func TestTheTrackRecordsPageIsWhatTheCommandPrints(t *testing.T) {
	rows := documented(t)
	for _, b := range catalog.Bugs() {
		want := rowOf(b, nil)
		want.seenRed, want.seenGreen = rows[b.ID].seenRed, rows[b.ID].seenGreen
		if rows[b.ID] != want {
			t.Errorf("docs/track-record.md says of %s\n%swant\n%s", b.ID, rows[b.ID].full(), want.full())
		}
	}
	if len(rows) != len(catalog.Bugs()) {
		t.Errorf("the page has %d bugs, the catalogue %d", len(rows), len(catalog.Bugs()))
	}
}

func TestTheReadmeSaysOfEachBugWhatThePageSays(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	rows, table := documented(t), briefHead
	for _, b := range catalog.Bugs() {
		table += rows[b.ID].brief()
	}
	if !strings.Contains(string(readme), table) {
		t.Errorf("README.md does not hold this table:\n%s", table)
	}
}
