package output

import (
	"slices"
	"strings"

	"github.com/rmqproof/rmqproof/audit/rules"
)

// said is what one or several findings say: the same of several objects, or the same but for one name, that of a group.
type said struct {
	message, fix string
	// names are the words in which the findings differ, the first one's first.
	names []string
	at    []rules.Finding
}

// alike joins the findings of one rule that differ in nothing or in one name.
func alike(findings []rules.Finding) []*said {
	var all []*said
	same := map[string]*said{}
	for _, f := range findings {
		key := f.Message + "\x00" + f.Fix
		if s := same[key]; s != nil {
			s.at = append(s.at, f)
			continue
		}
		near := all[max(0, len(all)-maxNear):]
		if i := slices.IndexFunc(near, func(s *said) bool { return s.join(f) }); i >= 0 {
			same[key] = near[i]
			continue
		}
		same[key] = &said{message: f.Message, fix: f.Fix, at: []rules.Finding{f}}
		all = append(all, same[key])
	}
	return all
}

// join takes a finding in, when it differs in one name alone.
func (s *said) join(f rules.Finding) bool {
	if len(f.Message) > maxAlike || len(s.at) >= maxAlike {
		return false
	}
	mine, other, ok := differ(s.message+"\x00"+s.fix, f.Message+"\x00"+f.Fix)
	if !ok || len(s.names) > 0 && s.names[0] != mine {
		return false
	}
	if len(s.names) == 0 {
		s.names = []string{mine}
	}
	if !slices.Contains(s.names, other) {
		s.names = append(s.names, other)
	}
	s.at = append(s.at, f)
	return true
}

// maxAlike bounds the length of what is compared, and how many are joined; maxNear with how many others one is compared.
const (
	maxAlike = 2000
	maxNear  = 16
)

// differ returns the one name in which two texts differ, wherever it stands in them. A number is no name: "2 of 3" and
// "1 of 3" are two things.
func differ(a, b string) (string, string, bool) {
	x, y := words(a), words(b)
	if len(x) != len(y) {
		return "", "", false
	}
	mine, other := "", ""
	for i := range x {
		switch {
		case x[i] == y[i]:
		case mine == "":
			mine, other = x[i], y[i]
		case x[i] != mine || y[i] != other:
			return "", "", false
		}
	}
	named := func(text string) bool { return strings.Trim(text, "0123456789.") != "" }
	return mine, other, mine != "" && named(mine) && named(other)
}

// words cuts a text into names and what stands between them.
func words(text string) []string {
	var all []string
	start, in := 0, false
	for i := 0; i <= len(text); i++ {
		inside := i < len(text) && (nameByte(text[i]) || in && text[i] == '.' && i+1 < len(text) && nameByte(text[i+1]))
		if inside != in || i == len(text) {
			if i > start {
				all = append(all, text[start:i])
			}
			start, in = i, inside
		}
	}
	return all
}

func nameByte(b byte) bool {
	return b == '-' || b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// text is the message with all names in the place of the first one's.
func (s *said) text() string {
	if len(s.names) == 0 {
		return s.message
	}
	names := s.names
	rest := ""
	if len(names) > shown {
		names, rest = names[:shown], " and "+amount(len(names)-shown, "other")
	}
	list := strings.Join(names, ", ") + rest
	if rest == "" {
		list = and(names)
	}
	all := words(s.message)
	for i, word := range all {
		if word == s.names[0] {
			all[i] = list
			plural(all, i)
		}
	}
	return strings.Join(all, "")
}

// several are the words of a sentence about one thing as they are about several.
var several = map[string]string{
	"Group": "Groups", "group": "groups", "Service": "Services", "claim": "claims", "is": "are", "has": "have", "acknowledges": "acknowledge",
	"creates": "create", "asks": "ask", "keeps": "keep", "takes": "take", "knows": "know", "loses": "lose", "runs": "run",
}

// plural puts the word before a list of names into the plural, and the verb behind a list that is the subject.
func plural(all []string, at int) {
	change := func(i int) {
		if i >= 0 && i < len(all) && several[all[i]] != "" && all[(i+at)/2] == " " {
			all[i] = several[all[i]]
		}
	}
	change(at - 2)
	if at <= 2 {
		change(at + 2)
	}
}

// and joins names as a sentence does.
func and(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// shown is how many names or places of one kind are printed.
const shown = 8

// remedy is the fix, with a word about the others where it holds the first one's name.
func (s *said) remedy() string {
	if len(s.names) > 0 && slices.Contains(words(s.fix), s.names[0]) {
		return s.fix + "\n(and likewise for " + strings.Join(s.names[1:min(len(s.names), shown)], ", ") + ")"
	}
	return s.fix
}
