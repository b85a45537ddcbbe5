package output

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rmqproof/rmqproof/audit/rules"
)

func TestOneFindingForSeveralGroups(t *testing.T) {
	of := func(rule, object, message, fix string) rules.Finding {
		return rules.Finding{Rule: rule, Severity: rules.Warning, Object: object, Message: message, Fix: fix, Consequence: rules.GoesDown}
	}
	long := "affinity:\n  podAntiAffinity:\n    requiredDuringSchedulingIgnoredDuringExecution: []"
	for name, c := range map[string]struct {
		found []rules.Finding
		want  []string
		not   string
	}{
		"groups": {[]rules.Finding{
			of("a", "x", "Group one has no slave: group one stands alone.", "brokerName=one"), of("a", "y", "Group two has no slave: group two stands alone.", "brokerName=two"),
			of("a", "z", "Group three has no slave: group three stands alone.", "brokerName=three"),
		}, []string{"Groups one, two and three have no slave", "(and likewise for two, three)", "  x  \n  y  \n  z  \n"}, "Group two"},
		"a list that is no subject": {[]rules.Finding{of("a", "x", "The slave of group one has no master.", "f"), of("a", "y", "The slave of group two has no master.", "f")}, []string{"The slave of groups one and two has no master."}, ""},
		"names with dots":           {[]rules.Finding{of("a", "x", "a.mq.svc is no Service.", "f"), of("a", "y", "b.mq.svc is no Service.", "f")}, []string{"a.mq.svc and b.mq.svc are no Service."}, ""},
		"the same place":            {[]rules.Finding{of("a", "x", "Group one asks.", "f"), of("a", "x", "Group two asks.", "f")}, []string{"  x  \n", "Groups one and two ask."}, ""},
		"numbers are no names":      {[]rules.Finding{of("a", "x", "1 of 3 is there.", "f"), of("a", "y", "2 of 3 is there.", "f")}, []string{"1 of 3", "2 of 3"}, "1, 2"},
		"two names are two things":  {[]rules.Finding{of("a", "x", "one is not two.", "f"), of("a", "y", "three is not four.", "f")}, []string{"one is not two", "three is not four"}, "one, three"},
		"one heading for a rule":    {[]rules.Finding{of("a", "x", "no key kee", "key"), of("a", "y", "no door dor", "door")}, []string{"kee", "dor"}, "WARNING a\n  y"},
		"a long fix once":           {[]rules.Finding{of("a", "x", "m", long), of("b", "y", "other", long)}, []string{"fix: as above, under a"}, ""},
	} {
		p := &page{fixes: map[string]string{}}
		p.findings(c.found)
		for _, want := range c.want {
			if strings.Count(p.out.String(), want) != 1 {
				t.Errorf("%s: %q is not there once in\n%s", name, want, p.out.String())
			}
		}
		if c.not != "" && strings.Contains(p.out.String(), c.not) {
			t.Errorf("%s: %q in\n%s", name, c.not, p.out.String())
		}
	}
}

func TestManyPlacesAreCounted(t *testing.T) {
	var all []rules.Finding
	for i := range 3000 {
		all = append(all, rules.Finding{Rule: "a", Message: fmt.Sprintf("Group g%d-x has no slave.", i), Object: fmt.Sprint("o", i), Consequence: rules.LosesAll})
	}
	p := &page{fixes: map[string]string{}}
	p.findings(all)
	if lines := strings.Count(p.out.String(), "\n"); lines > 60 {
		t.Errorf("%d lines", lines)
	}
}
