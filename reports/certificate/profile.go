package certificate

import (
	"fmt"
	"slices"

	"github.com/rmqproof/rmqproof/history"
	"github.com/rmqproof/rmqproof/verify"
	"github.com/rmqproof/rmqproof/verify/claims"
)

// Profile is what a certificate is held against: which scenarios, by which claims, under which faults.
type Profile struct {
	ID      ProfileID
	Members []Member
}

// Member is one scenario of a profile.
type Member struct {
	Name    string
	Title   string
	Failure string // the audit's name of what its fault is, "" where there is none
	Claims  []verify.Claim
	Faults  []string
}

// Profiles finds a profile by its name and version.
type Profiles func(ProfileID) (Profile, error)

// announced holds a history's first line against the scenario that it is said to be of.
func (m Member) announced(r history.Reader) error {
	for record, err := range r.Records() {
		if err != nil {
			return err
		}
		run, ok := record.(*history.Run)
		switch {
		case !ok:
			continue
		case run.ID != m.Name:
			return fmt.Errorf("the history of %s is that of a run named %q", m.Name, run.ID)
		case !slices.Equal(run.Faults, m.Faults):
			return fmt.Errorf("the history of %s announces the faults %q, and the profile has %q", m.Name, run.Faults, m.Faults)
		case !slices.Equal(run.Claims, claims.Texts(m.Claims)):
			return fmt.Errorf("the history of %s announces the claims %v, and the profile has %v", m.Name, run.Claims, claims.Texts(m.Claims))
		}
		return nil
	}
	return fmt.Errorf("the history of %s does not say what it is of", m.Name)
}
