package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestWhatIsGeneratedIsNotStale(t *testing.T) {
	dir := filepath.Join("..", "..")
	files, err := generate(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what record.go says; run go generate ./history (%v)", name, err)
		}
	}
}

// TestWrongTablesAreRefused changes the table so that files could no longer be read.
func TestWrongTablesAreRefused(t *testing.T) {
	table, err := os.ReadFile(filepath.Join("..", "..", "record.go"))
	if err != nil {
		t.Fatal(err)
	}
	for old, wrong := range map[string]string{
		`rh:"2,seq,required`:     `rh:"1,seq,required`,
		`rh:"2,id,required`:      `rh:"2,version,required`,
		`rh:"3,topic,required`:   `rh:"77,topic,required`,
		`given=Retry`:            `given=Later`,
		`max=4294967294`:         `most=4294967294`,
		"Extra    Extra `rh:\"9": "Extra    Extra `rh:\"8",
		"Copies   int64":         "Copies   float64",
	} {
		if !bytes.Contains(table, []byte(old)) {
			continue
		}
		path := filepath.Join(t.TempDir(), "record.go")
		if err := os.WriteFile(path, bytes.Replace(table, []byte(old), []byte(wrong), 1), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := readTable(path); err == nil {
			t.Errorf("a table with %s is taken", wrong)
		}
	}
}
