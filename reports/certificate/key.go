package certificate

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
)

// The kinds of keys.
const (
	Ed25519 = "ed25519"
	ECDSA   = "ecdsa" // P-256
)

// Key signs.
type Key struct{ private crypto.Signer }

// PublicKey checks signatures.
type PublicKey struct{ public crypto.PublicKey }

// NewKey makes a key of a kind.
func NewKey(kind string) (*Key, error) {
	switch kind {
	case Ed25519:
		_, private, err := ed25519.GenerateKey(rand.Reader)
		return &Key{private}, err
	case ECDSA:
		private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		return &Key{private}, err
	}
	return nil, fmt.Errorf("a key is %s or %s, and not %q", Ed25519, ECDSA, kind)
}

// PEM is the private key in PKCS #8.
func (k *Key) PEM() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err
}

// Public is the half that checks.
func (k *Key) Public() *PublicKey { return &PublicKey{k.private.Public()} }

// PEM is the public key in PKIX.
func (p *PublicKey) PEM() ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(p.public)
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), err
}

// ID is the sha256 of the public key's PKIX form.
func (p *PublicKey) ID() string {
	der, err := x509.MarshalPKIXPublicKey(p.public)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(der)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// ReadKey reads a private key that NewKey or OpenSSL made: ed25519 or ECDSA, PEM in PKCS #8, without a password. No
// error tells what was read.
func ReadKey(raw []byte) (*Key, error) {
	block, _ := pem.Decode(raw)
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, errors.New("it is no private key in PEM of PKCS #8, as rmqproof keygen makes it")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("the private key cannot be read")
	}
	switch private := parsed.(type) {
	case ed25519.PrivateKey:
		return &Key{private}, nil
	case *ecdsa.PrivateKey:
		return &Key{private}, nil
	}
	return nil, errors.New("the private key is neither ed25519 nor ECDSA")
}

// ReadPublicKey reads a public key, PEM in PKIX.
func ReadPublicKey(raw []byte) (*PublicKey, error) {
	block, rest := pem.Decode(raw)
	if block == nil || block.Type != "PUBLIC KEY" || len(rest) > 0 {
		return nil, errors.New("it is no public key in PEM, as rmqproof keygen makes it")
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("the public key cannot be read: %w", err)
	}
	switch parsed.(type) {
	case ed25519.PublicKey, *ecdsa.PublicKey:
		return &PublicKey{parsed}, nil
	}
	return nil, errors.New("the public key is neither ed25519 nor ECDSA")
}

// signer and verifier are the two halves as the envelope's library wants them.
type (
	signer   struct{ *Key }
	verifier struct{ *PublicKey }
)

func (s signer) KeyID() (string, error) { return s.Key.Public().ID(), nil }

func (s signer) Sign(_ context.Context, data []byte) ([]byte, error) {
	if _, ok := s.private.(ed25519.PrivateKey); ok {
		return s.private.Sign(rand.Reader, data, crypto.Hash(0))
	}
	sum := sha256.Sum256(data)
	return s.private.Sign(rand.Reader, sum[:], crypto.SHA256)
}

func (v verifier) KeyID() (string, error)   { return v.ID(), nil }
func (v verifier) Public() crypto.PublicKey { return v.public }

func (v verifier) Verify(_ context.Context, data, sig []byte) error {
	good := false
	switch public := v.public.(type) {
	case ed25519.PublicKey:
		good = ed25519.Verify(public, data, sig)
	case *ecdsa.PublicKey:
		sum := sha256.Sum256(data)
		good = ecdsa.VerifyASN1(public, sum[:], sig)
	}
	if !good {
		return errors.New("the signature does not fit the key")
	}
	return nil
}
