package certificate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
)

// ErrRefused marks a bundle that is not what rmqproof wrote: nothing in it can be relied on.
var ErrRefused = errors.New("refused")

// Checks are what a bundle is held against.
type Checks struct {
	Profiles Profiles
	Key      *PublicKey // whose signature it must bear; nil: the bundle's own key, or none, will do
}

// Checked is a bundle that is whole and says what its histories show.
type Checked struct {
	Certificate Certificate
	SignedBy    string // id of the key; empty where nobody signed
	KeyGiven    bool   // that key was asked for, and is not just the one that lies in the bundle
}

// Check checks a bundle, a folder or an archive: its files' digests, the signature, every history judged again, and that
// no scenario of the profile is missing from the certificate. Whether it is certified is for the caller to look at.
func Check(ctx context.Context, bundle string, by Checks) (Checked, error) {
	dir, done, err := open(bundle)
	if err != nil {
		return Checked{}, err
	}
	defer done()
	checked, err := check(ctx, dir, by)
	if err != nil {
		err = fmt.Errorf("%w: %s: %w", ErrRefused, bundle, err)
	}
	return checked, err
}

// open gives a bundle's folder; that of an archive is unpacked into the folder for temporary files.
func open(bundle string) (dir string, done func(), err error) {
	info, err := os.Stat(bundle)
	if err != nil {
		return "", nil, fmt.Errorf("no certificate is there: %w", err)
	}
	if info.IsDir() {
		dir, err = filepath.EvalSymlinks(bundle) // the way there may lead over links, and nothing within may
		return dir, func() {}, err
	}
	if dir, err = os.MkdirTemp("", "rmqproof-certificate-"); err != nil {
		return "", nil, err
	}
	done = func() { os.RemoveAll(dir) }
	f, err := os.Open(bundle)
	if err == nil {
		err = unpack(f, dir, mostUnpacked)
		f.Close()
	}
	if err != nil {
		done()
		return "", nil, fmt.Errorf("%w: %s: %w", ErrRefused, bundle, err)
	}
	return dir, done, nil
}

func check(ctx context.Context, dir string, by Checks) (out Checked, err error) {
	raw, err := readFile(dir, CertificateFile)
	if err != nil {
		return out, err
	}
	header, err := decode(raw)
	if err != nil {
		return out, err
	}
	if out.SignedBy, err = checkStatement(ctx, dir, header, by.Key); err != nil {
		return out, err
	}
	profile, err := by.Profiles(header.Profile)
	if err != nil {
		return out, err
	}
	if err := known(dir, profile); err != nil {
		return out, err
	}
	again, err := derive(dir, header, profile)
	if err != nil {
		return out, err
	}
	now, err := again.encode()
	if err != nil {
		return out, err
	}
	if !bytes.Equal(now, raw) {
		return out, fmt.Errorf("%s does not say what the histories show: %s", CertificateFile, firstDifference(raw, now))
	}
	out.Certificate, out.KeyGiven = again, by.Key != nil
	return out, nil
}

// checkStatement makes the statement again from the files that lie there, and checks who signed it.
func checkStatement(ctx context.Context, dir string, c Certificate, key *PublicKey) (signer string, err error) {
	raw, err := readFile(dir, AttestationFile)
	if err != nil {
		return "", err
	}
	envelope, payload, err := readEnvelope(raw)
	if err != nil {
		return "", err
	}
	digests, err := digestsOf(dir)
	if err != nil {
		return "", err
	}
	want, err := statement(c, digests)
	if err != nil {
		return "", err
	}
	if !bytes.Equal(want, payload) {
		return "", fmt.Errorf("%s does not fit the files: %s", AttestationFile, whichFile(payload, digests))
	}
	if c.Configuration.Digest != digests[manifestsFile] {
		return "", fmt.Errorf("%s are not the manifests that were tested", manifestsFile)
	}
	return checkSigner(ctx, dir, envelope, key)
}

// checkSigner takes the bundle's own key where none is asked for.
func checkSigner(ctx context.Context, dir string, e *dsse.Envelope, key *PublicKey) (string, error) {
	if len(e.Signatures) == 0 {
		if key != nil || exists(filepath.Join(dir, keyFile)) {
			return "", errors.New("it bears no signature")
		}
		return "", nil
	}
	raw, err := readFile(dir, keyFile)
	if err != nil {
		return "", err
	}
	own, err := ReadPublicKey(raw)
	if err != nil {
		return "", fmt.Errorf("%s: %w", keyFile, err)
	}
	if key == nil {
		key = own
	}
	if len(e.Signatures) != 1 {
		return "", fmt.Errorf("%s bears %d signatures, and rmqproof makes one", AttestationFile, len(e.Signatures))
	}
	return signedBy(ctx, e, key)
}

func readFile(dir, name string) ([]byte, error) {
	info, err := os.Lstat(filepath.Join(dir, name))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s is missing, so that this is no certificate's bundle", name)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no ordinary file", name)
	}
	return os.ReadFile(filepath.Join(dir, name))
}

// firstDifference shows the first line in which two texts differ.
func firstDifference(said, shown []byte) string {
	a, b := strings.Split(string(said), "\n"), strings.Split(string(shown), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("it says %s, and it would have to be %s", strings.TrimSpace(a[i]), strings.TrimSpace(b[i]))
		}
	}
	return "one is longer than the other"
}
