package model

import (
	"regexp"
	"strings"
)

// Share says by which network file system a storage is reached, "" when by none that the input shows.
func (m *Model) Share(w *Workload, s Storage) string {
	spec := s.Volume
	if s.Kind == "claim" || s.Kind == "template" {
		claim := s.Volume.Get("spec")
		if o, ok := m.Claim(w.Namespace, s.Claim); s.Kind == "claim" && ok {
			claim = o.Value.Get("spec")
		}
		if all := m.volumesFor(w, s, claim); len(all) > 0 {
			spec = all[0].Value.Get("spec")
		} else if class, ok := m.Class(claim.Get("storageClassName").Text()); ok {
			return shareOf(class.Value.Get("provisioner").Text())
		} else if name := claim.Get("storageClassName").Text(); shareName.MatchString(name) {
			return "by its name, StorageClass " + name
		}
	}
	for _, kind := range shares {
		if spec.Get(kind).Exists() {
			return kind
		}
	}
	return shareOf(spec.Get("csi", "driver").Text() + spec.Get("flexVolume", "driver").Text())
}

// shareName matches the name of a class that is not in the input and whose volumes are surely shares.
var shareName = regexp.MustCompile(`(?i)(^|[-_.])(nfs\d?|cephfs|smb|cifs|efs|glusterfs|azure-?files?|filestore)([-_.]|$)`)

// shareOf recognises drivers and provisioners of network file systems by their names.
func shareOf(driver string) string {
	for _, word := range []string{"nfs", "smb", "cifs", "file.csi.azure", "azure-file", "azurefile", "efs", "filestore", "cephfs", "glusterfs", "nas", "sfs"} {
		if strings.Contains(strings.ToLower(driver), word) {
			return driver
		}
	}
	return ""
}

// openFolder matches the class or the provisioner of volumes whose folders everybody may write to.
var openFolder = regexp.MustCompile(`(?i)local-path|openebs.*hostpath|openebs\.io/local`)

// Writable says whether a new volume is surely, or for all that the input tells, open to any user: its provisioner makes
// it so, or it is a share, whose owner the server decides and no fsGroup changes.
func (m *Model) Writable(w *Workload, s Storage) bool {
	claim := s.Volume.Get("spec")
	if o, ok := m.Claim(w.Namespace, s.Claim); s.Kind == "claim" && ok {
		claim = o.Value.Get("spec")
	}
	name := claim.Get("storageClassName").Text()
	class, ok := m.Class(name)
	if ok {
		name = class.Value.Get("provisioner").Text()
	}
	return openFolder.MatchString(name) || m.Share(w, s) != ""
}
