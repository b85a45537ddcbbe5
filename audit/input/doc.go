// Package input reads manifests from files, folders, kustomizations, Helm charts and running clusters, as objects
// whose values know the file and the line that they come from. It writes nothing and fetches nothing remote.
package input

import (
	"fmt"

	"github.com/rmqproof/rmqproof/audit/node"
)

// Object is one Kubernetes object.
type Object struct {
	APIVersion, Kind, Namespace, Name string
	Value                             node.Value
}

// Pos is where the object begins.
func (o Object) Pos() node.Pos { return o.Value.Pos() }

// String names the object as kubectl does.
func (o Object) String() string {
	if o.Namespace == "" {
		return o.Kind + "/" + o.Name
	}
	return o.Kind + "/" + o.Namespace + "/" + o.Name
}

// Set is what an input holds.
type Set struct {
	Objects []Object
	// Passed counts documents that are no Kubernetes objects.
	Passed int
	// Notes says what could not be read although the rest could.
	Notes []Note
}

// Note is something about the input that the reader must know.
type Note struct {
	Object string
	Pos    node.Pos
	Reason string
}

// Add appends another set.
func (s *Set) Add(o Set) {
	s.Objects = append(s.Objects, o.Objects...)
	s.Passed += o.Passed
	s.Notes = append(s.Notes, o.Notes...)
}

// Unreadable is the error for an input that cannot be read as a whole.
type Unreadable struct {
	What string
	Err  error
}

func (u *Unreadable) Error() string { return u.What + ": " + u.Err.Error() }

// Unwrap returns the cause.
func (u *Unreadable) Unwrap() error { return u.Err }

func unreadable(what, format string, args ...any) error {
	return &Unreadable{What: what, Err: fmt.Errorf(format, args...)}
}
