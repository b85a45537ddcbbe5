package reports

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rmqproof/rmqproof/verify"
)

// ErrUnreadable marks what was saved and cannot be read back.
var ErrUnreadable = errors.New("unreadable report")

// Redraw writes all files of a run's or an experiment's folder anew from what was saved there: verdict.json and the
// history. It judges nothing. It gives the page to open and the saved verdict.
func Redraw(dir string) (page string, verdict verify.Verdict, err error) {
	kind, err := savedKind(dir)
	if err != nil {
		return "", "", err
	}
	if kind == experimentKind {
		return redrawExperiment(dir)
	}
	return redrawRun(dir)
}

// savedKind tells what a folder holds. A run that was cut off has no verdict of its own, but its experiments have.
func savedKind(dir string) (string, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return "", fmt.Errorf("%w: %s is no folder: name the folder of a run or of one of its experiments", ErrUnreadable, dir)
	}
	var saved struct {
		Kind string `json:"kind"`
	}
	err := readJSON(filepath.Join(dir, VerdictFile), &saved)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return runKind, nil
	case err != nil:
		return "", fmt.Errorf("%w: %w", ErrUnreadable, err)
	case saved.Kind != experimentKind && saved.Kind != runKind:
		return "", fmt.Errorf("%w: %s is the verdict of a %q, which this rmqproof does not know", ErrUnreadable, filepath.Join(dir, VerdictFile), saved.Kind)
	}
	return saved.Kind, nil
}

func redrawExperiment(dir string) (string, verify.Verdict, error) {
	e, err := ReadExperiment(dir)
	if err != nil {
		return "", "", fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	if err := WriteExperiment(dir, e); err != nil {
		return "", "", fmt.Errorf("draw %s again: %w", dir, err)
	}
	return filepath.Join(dir, TimelineFile), e.Verdict(), nil
}

func redrawRun(dir string) (string, verify.Verdict, error) {
	r, err := ReadRun(dir)
	if err != nil {
		return "", "", fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	for _, e := range r.Experiments {
		if err := WriteExperiment(filepath.Join(dir, e.Name), e); err != nil {
			return "", "", fmt.Errorf("draw %s again: %w", filepath.Join(dir, e.Name), err)
		}
	}
	if err := WriteRun(dir, r); err != nil {
		return "", "", fmt.Errorf("draw %s again: %w", dir, err)
	}
	return filepath.Join(dir, IndexFile), r.Verdict(), nil
}
