package shell

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// maker writes random start scripts that end, out of what such scripts are made of.
type maker struct {
	r    *rand.Rand
	deep int
}

func (k *maker) one(all ...string) string { return all[k.r.IntN(len(all))] }

func (k *maker) name() string { return k.one("A", "B", "ID", "T_X") }

func (k *maker) text() string {
	return k.one("a", "x-1", "broker-a", "a b", "1", "7", "k=v", "a/b/c", "", "SYNC_MASTER", "*", "a;b", "x.y", "[z]", "a&b", "0", "12")
}

// word is one argument, in any quoting.
func (k *maker) word() string {
	switch k.r.IntN(9) {
	case 0:
		return "'" + k.text() + "'"
	case 1:
		return `"` + k.expansion() + k.one("", "-", "=") + `"`
	case 2:
		return k.one("a", "b1", "c-2", "x=y")
	case 3:
		return `"$(` + k.output() + `)"`
	case 4:
		return "$(( " + k.sum() + " ))"
	case 5:
		return k.one("pre", "n") + k.expansion()
	}
	return `"` + k.expansion() + `"`
}

func (k *maker) expansion() string {
	v := k.one(k.name(), "HOSTNAME", "T_NAMES", "NONE", "T_TWO")
	return k.one("$"+v, "${"+v+"}", "${"+v+"##*-}", "${"+v+"%%-*}", "${"+v+"%-*}", "${"+v+"#*-}", "${#"+v+"}", "${"+v+":-d e}", "${"+v+":+set}", "${"+v+":1:3}",
		"${"+v+"/a/b}", "${"+v+"//-/_}", "${"+v+"^^}", "${"+v+"/#b/c}", "${"+v+": -2}", "${"+v+"%[0-9]}")
}

func (k *maker) sum() string {
	operand := func() string { return k.one("1", "2", "7", "10", "${HOSTNAME##*-}", "(3 - 1)") }
	return operand() + k.one(" + ", " - ", " * ", " % ", " / ", " < ", " == ", " && ", " << ", " ** ") + operand()
}

// output is a command that prints something.
func (k *maker) output() string {
	start := k.one("echo "+k.word()+" "+k.word(), "cat ../cm/list", "cat ../cm/broker.conf", "printf '%s\\n' "+k.word()+" "+k.word(), "echo -n "+k.word(), "echo \"$HOSTNAME\"", "printf '%s-%d|' x 3")
	for range k.r.IntN(3) {
		start += " | " + k.filter()
	}
	return start
}

func (k *maker) filter() string {
	return k.one("cut -d- -f"+k.one("1", "2", "2-", "1,3"), "cut -d= -f2", "tr a-z A-Z", "tr -d '"+k.one("0-9", "-", "a")+"'", "tr '-' '_'", "sed 's/"+k.one("a", "-", "[0-9]", ".*-", "^", "$", "o*", "e.")+"/"+k.one("X", "", "&&", "<&>")+"/"+k.one("", "g", "2")+"'",
		"sed -n '"+k.one("1p", "2p", "$p", "/two/p", "1,2p")+"'", "sed '"+k.one("1d", "/one/d", "$d", "2,3d", "/^#/d", "/two/!d", "1a x", "2i y", "/two/c z")+"'", "sed -E 's/([a-z]+)[-=](.*)/\\2 \\1/'",
		"awk '{print $"+k.one("1", "2", "NF", "0")+"}'", "awk -F'"+k.one("-", "=", ";")+"' '{print $"+k.one("1", "2", "NF")+"}'", "awk 'NR=="+k.one("1", "2")+"'", "awk '/o/ {print $1 \":\" $2}'", "awk -F= '$1==\"brokerRole\" {print $2}'",
		"grep "+k.one("two", "o", "-v o", "-c e", "-o '[a-z]*'", "-E 'one|three'", "-i TWO", "'^b'"), "head -"+k.one("1", "2"), "tail -n "+k.one("1", "2", "+2"), "sort", "sort -r", "wc -l", "envsubst", "uniq")
}

func (k *maker) condition() string {
	return k.one("[ "+`"`+k.expansion()+`"`+" = "+`"`+k.expansion()+`"`+" ]", "[ -n "+`"`+k.expansion()+`"`+" ]", "[ -z "+`"`+k.expansion()+`"`+" ]", "[[ $HOSTNAME == "+k.one("*-2", "x*", "*broker*")+" ]]", "[ "+k.one("1", "2", "3")+" -"+k.one("eq", "lt", "ge")+" 2 ]",
		"true", "false", "! false", "[ -f ../cm/list ]", "grep -q "+k.one("two", "none")+" ../cm/list", "(( "+k.sum()+" ))", "[[ $HOSTNAME =~ -([0-9]+)$ ]]")
}

// statement is one line, or a construct with lines in it.
func (k *maker) statement() string {
	k.deep++
	defer func() { k.deep-- }()
	file := k.one("../etc/a", "../etc/b")
	switch n := k.r.IntN(13); {
	case n < 3:
		return k.output() + k.one(" > ", " >> ") + file
	case n < 5:
		return k.name() + "=" + k.word()
	case n == 5:
		return "export " + k.name() + "=" + k.word()
	case n == 6:
		return "mqbroker " + k.word() + " " + k.word()
	case n == 7 && k.deep < 3:
		return "if " + k.condition() + "; then\n" + k.block() + "else\n" + k.block() + "fi"
	case n == 8 && k.deep < 3:
		return "for i in " + k.word() + " 2 3; do\n" + k.block() + "echo \"i=$i\" >> " + file + "\ndone"
	case n == 9 && k.deep < 3:
		return "case " + k.word() + " in\n" + k.one("*-2", "a*", "*[0-9]") + ")\n" + k.block() + ";;\n*)\n" + k.block() + ";;\nesac"
	case n == 10:
		return "cat >> " + file + " <<END\n" + k.expansion() + "\nk=" + k.expansion() + " $(echo in)\nEND"
	case n == 11:
		return k.condition() + k.one(" && ", " || ") + "echo " + k.word() + " >> " + file
	}
	return "cp ../cm/broker.conf " + file + "\nsed -i \"s/@ID@/${HOSTNAME##*-}/\" " + file
}

func (k *maker) block() string {
	var out strings.Builder
	for range 1 + k.r.IntN(2) {
		out.WriteString(k.statement() + "\n")
	}
	return out.String()
}

func script(seed uint64) string {
	k := &maker{r: rand.New(rand.NewPCG(seed, 1))} //nolint:gosec // no secret
	var out strings.Builder
	for range 6 {
		out.WriteString(k.statement() + "\n")
	}
	return out.String() + "mqbroker end\n"
}

// FuzzAgainstTheRealShell makes scripts and runs them by both. What the interpreter takes for unknown may be anything;
// what it takes for known must be so.
func FuzzAgainstTheRealShell(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		needsTools(t)
		text := script(seed)
		s := newSandbox(t)
		mine, trace := s.followed(text)
		if all := differences(mine, s.real(t, text), trace); len(all) > 0 {
			t.Errorf("%s\n%s", strings.Join(all, "\n"), text)
		}
	})
}

// TestHowMuchIsKnown keeps the fuzzing honest: an interpreter that knows nothing would never differ.
func TestHowMuchIsKnown(t *testing.T) {
	known := 0
	for seed := range uint64(200) {
		s := &sandbox{root: "/r", env: map[string]string{"HOSTNAME": "mq-broker-2", "T_NAMES": "names-0:9876;names-1:9876", "T_TWO": "a  b"}}
		if mine, trace := s.followed(script(seed)); mine.known(trace) {
			known++
		}
	}
	if known < 150 {
		t.Error(fmt.Sprint(known, " of 200 random scripts are known as a whole"))
	}
}
