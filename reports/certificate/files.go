package certificate

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// subjects are the files of a statement.
type subjects struct {
	Subject []struct {
		Name   string            `json:"name"`
		Digest map[string]string `json:"digest"`
	} `json:"subject"`
}

// whichFile names the first file of which a statement says something else than what lies there.
func whichFile(payload []byte, digests map[string]string) string {
	var said subjects
	if json.Unmarshal(payload, &said) != nil {
		return "it cannot be read"
	}
	names := map[string]bool{}
	for _, s := range said.Subject {
		names[s.Name] = true
		switch have, there := digests[s.Name]; {
		case !there:
			return s.Name + " is missing"
		case have != s.Digest["sha256"]:
			return s.Name + " was edited"
		}
	}
	for _, name := range sortedKeys(digests) {
		if !names[name] {
			return name + " was added"
		}
	}
	return "what it says of the results is not what " + CertificateFile + " says"
}

// known refuses what the profile does not have: the folder of a scenario that nobody judged.
func known(dir string, p Profile) error {
	entries, err := os.ReadDir(filepath.Join(dir, scenariosFolder))
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	for _, e := range entries {
		if !slices.ContainsFunc(p.Members, func(m Member) bool { return m.Name == e.Name() }) {
			return fmt.Errorf("%s/%s is no scenario of profile %s", scenariosFolder, e.Name(), p.ID)
		}
	}
	return nil
}
