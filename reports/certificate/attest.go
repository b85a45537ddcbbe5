package certificate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"
)

// PredicateType names the form of what the statement says beside the digests.
const PredicateType = "https://github.com/rmqproof/rmqproof/certificate/v1"

const payloadType = "application/vnd.in-toto+json"

// predicate is what the statement says of the bundle.
type predicate struct {
	Profile       ProfileID         `json:"profile"`
	Tool          Tool              `json:"tool"`
	Configuration Configuration     `json:"configuration"`
	Environment   map[string]string `json:"environment"`
	Certified     bool              `json:"certified"`
	Verdict       string            `json:"verdict"`
	Results       []result          `json:"results"`
}

type result struct {
	Scenario string `json:"scenario"`
	Verdict  string `json:"verdict"`
}

// attest writes the statement over all files that lie in the bundle by now, signed where there is a key.
func attest(ctx context.Context, dir string, c Certificate, key *Key) error {
	envelope := &dsse.Envelope{PayloadType: payloadType, Signatures: []dsse.Signature{}}
	if key != nil {
		public, err := key.Public().PEM()
		if err != nil {
			return err
		}
		if err := write(dir, keyFile, public); err != nil {
			return err
		}
	}
	digests, err := digestsOf(dir)
	if err != nil {
		return err
	}
	payload, err := statement(c, digests)
	if err != nil {
		return err
	}
	envelope.Payload = encode64(payload)
	if key != nil {
		signing, err := dsse.NewEnvelopeSigner(signer{key})
		if err != nil {
			return err
		}
		if envelope, err = signing.SignPayload(ctx, payloadType, payload); err != nil {
			return fmt.Errorf("sign the statement: %w", err)
		}
	}
	raw, err := encodeEnvelope(envelope)
	if err != nil {
		return err
	}
	return write(dir, AttestationFile, raw)
}

// statement is in-toto's, in one form only: keys sorted, no blanks. So whoever has the files can make it again.
func statement(c Certificate, digests map[string]string) ([]byte, error) {
	p := predicate{c.Profile, c.Tool, c.Configuration, c.Environment, c.Certified, string(c.Verdict), []result{}}
	for _, s := range c.Scenarios {
		p.Results = append(p.Results, result{s.Name, string(s.Verdict)})
	}
	raw, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	says := &structpb.Struct{}
	if err := protojson.Unmarshal(raw, says); err != nil {
		return nil, err
	}
	s := &intoto.Statement{Type: intoto.StatementTypeUri, PredicateType: PredicateType, Predicate: says}
	for _, name := range sortedKeys(digests) {
		s.Subject = append(s.Subject, &intoto.ResourceDescriptor{Name: name, Digest: map[string]string{"sha256": digests[name]}})
	}
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("the statement is none of in-toto's: %w", err)
	}
	loose, err := protojson.Marshal(s)
	if err != nil {
		return nil, err
	}
	var plain any
	if err := json.Unmarshal(loose, &plain); err != nil {
		return nil, err
	}
	return json.Marshal(plain)
}

// digestsOf gives the sha256 of every file of a bundle but the statement's. What is neither a file nor a folder is
// refused.
func digestsOf(dir string) (map[string]string, error) {
	digests := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if !d.Type().IsRegular() {
			return fmt.Errorf("%s is no ordinary file", rel)
		}
		if rel == AttestationFile {
			return nil
		}
		raw, err := os.ReadFile(path)
		digests[filepath.ToSlash(rel)] = digest(raw)
		return err
	})
	return digests, err
}

func encodeEnvelope(e *dsse.Envelope) ([]byte, error) {
	raw, err := json.MarshalIndent(e, "", "  ")
	return append(raw, '\n'), err
}

// readEnvelope reads the statement's envelope, which has one form only too: a byte that changes nothing is refused.
func readEnvelope(raw []byte) (*dsse.Envelope, []byte, error) {
	e := &dsse.Envelope{}
	if err := json.Unmarshal(raw, e); err != nil {
		return nil, nil, fmt.Errorf("%s is no envelope: %w", AttestationFile, err)
	}
	payload, err := e.DecodeB64Payload()
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", AttestationFile, err)
	}
	again, err := encodeEnvelope(e)
	if err != nil || !bytes.Equal(again, raw) || encode64(payload) != e.Payload || e.PayloadType != payloadType ||
		slices.ContainsFunc(e.Signatures, func(s dsse.Signature) bool { return !strict64(s.Sig) }) {
		return nil, nil, errors.Join(err, fmt.Errorf("%s was edited: it is not in the form in which rmqproof writes it", AttestationFile))
	}
	return e, payload, nil
}

// signedBy checks the signature by the key that is asked for, or else by the one in the bundle.
func signedBy(ctx context.Context, e *dsse.Envelope, key *PublicKey) (string, error) {
	checker, err := dsse.NewEnvelopeVerifier(verifier{key})
	if err != nil {
		return "", err
	}
	if _, err := checker.Verify(ctx, e); err != nil {
		return "", fmt.Errorf("%s is not signed by the key %s: %w", AttestationFile, key.ID(), err)
	}
	if named := e.Signatures[0].KeyID; named != key.ID() { // the library takes a signature that names no key
		return "", fmt.Errorf("%s was edited: its signature is that of the key %s, and names %q", AttestationFile, key.ID(), named)
	}
	return key.ID(), nil
}
