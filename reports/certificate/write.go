package certificate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rmqproof/rmqproof/internal/redact"
)

// Run is what a certificate is made of.
type Run struct {
	Dir       string // the run's folder, in which each scenario has one of its name
	Header    Certificate
	Profile   Profile
	Promises  map[string]Promise // by failure
	Demands   []Demand
	NotRun    map[string]string // why a scenario of the profile has no verdict
	Manifests []byte            // what was tested, rendered
	Secrets   []string          // values that nobody may read, beside all that looks like one
}

// ErrSecret marks a bundle that was not written, since a secret would stand in it.
var ErrSecret = errors.New("a secret stands in the evidence")

// Write makes the bundle's folder and, beside it, its archive: dir and dir.tar.gz. Neither may be there already. Key
// may be nil: then the statement has no signature.
func Write(ctx context.Context, dir string, run Run, key *Key) (Certificate, error) {
	for _, path := range []string{dir, dir + archiveEnding} {
		if exists(path) {
			return Certificate{}, fmt.Errorf("%s is there already: a certificate is never written over another", path)
		}
	}
	part := dir + ".part"
	if err := os.RemoveAll(part); err != nil {
		return Certificate{}, err
	}
	defer os.RemoveAll(part)
	c, err := run.fill(ctx, part, key)
	if err != nil {
		return c, fmt.Errorf("make the certificate %s: %w", dir, err)
	}
	if err := os.Rename(part, dir); err != nil {
		return c, err
	}
	return c, pack(dir)
}

// fill writes everything into a folder: first what was recorded, then what is derived from it, the statement last.
func (run Run) fill(ctx context.Context, dir string, key *Key) (Certificate, error) {
	left, err := run.copyScenarios(dir)
	if err != nil {
		return Certificate{}, err
	}
	manifests := redact.Bytes(run.Manifests, run.Secrets...)
	header := run.header(left)
	header.Configuration.Digest = digest(manifests)
	c, err := derive(dir, header, run.Profile)
	if err != nil {
		return c, err
	}
	raw, err := c.encode()
	if err != nil {
		return c, err
	}
	if c, err = decode(redact.Bytes(raw, run.Secrets...)); err != nil { // what is read is what was written
		return c, err
	}
	if raw, err = c.encode(); err != nil {
		return c, err
	}
	page, err := c.page(dir)
	if err != nil {
		return c, err
	}
	err = errors.Join(write(dir, manifestsFile, manifests), write(dir, CertificateFile, raw), write(dir, schemaFile, Schema),
		write(dir, markdownFile, redact.Bytes(c.markdown(), run.Secrets...)), write(dir, pageFile, redact.Bytes(page, run.Secrets...)))
	if err != nil {
		return c, err
	}
	if err := attest(ctx, dir, c, key); err != nil {
		return c, err
	}
	return c, run.sealed(dir)
}

func (run Run) header(left []string) Certificate {
	c := run.Header
	c.Format, c.Kind, c.Profile, c.Started = Format, kind, run.Profile.ID, startOf(run.Dir, run.Profile)
	c.Demands, c.LeftOut, c.Deviations = []string{}, append([]string{}, left...), append([]string{}, run.Header.Deviations...)
	for _, d := range run.Demands {
		c.Demands = append(c.Demands, d.String())
	}
	c.Scenarios = nil
	for _, m := range run.Profile.Members {
		c.Scenarios = append(c.Scenarios, Scenario{Name: m.Name, NotRun: run.NotRun[m.Name], Promised: run.Promises[m.Failure]})
	}
	return c
}

// sealed refuses a bundle in which a known secret stands in any form, also within archives and histories.
func (run Run) sealed(dir string) error {
	var known []string
	for _, s := range run.Secrets {
		if s != "" {
			known = append(known, s)
		}
	}
	found, err := redact.Scan(dir, known...)
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("%w, and nothing was written: %s", ErrSecret, strings.Join(found, ", "))
	}
	return err
}

func write(dir, name string, content []byte) error {
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
}

func digest(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
