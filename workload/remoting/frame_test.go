package remoting

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"maps"
	"strings"
	"testing"
)

func TestFrameRoundTrip(t *testing.T) {
	want := newCommand(105, map[string]string{"topic": "a\"b", "empty": ""}, []byte("body"))
	want.Opaque = 7
	frame, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadCommand(bytes.NewReader(frame))
	if err != nil {
		t.Fatal(err)
	}
	if got.Code != 105 || got.Opaque != 7 || !maps.Equal(got.ExtFields, want.ExtFields) || string(got.Body) != "body" {
		t.Errorf("got %+v", got)
	}
}

func TestHostileFrames(t *testing.T) {
	u32 := func(v ...uint32) []byte {
		var b []byte
		for _, x := range v {
			b = binary.BigEndian.AppendUint32(b, x)
		}
		return b
	}
	header := []byte(`{"code":0}`)
	for name, tc := range map[string]struct {
		frame []byte
		want  string
	}{
		"nothing":                  {nil, "EOF"},
		"half a length":            {[]byte{0, 0}, "EOF"},
		"length 0":                 {u32(0), "does not speak"},
		"length 3":                 {u32(3), "does not speak"},
		"length -1":                {u32(0xFFFFFFFF), "does not speak"},
		"length 1 GiB":             {u32(1 << 30), "does not speak"},
		"an HTTP server":           {[]byte("HTTP/1.1 400 Bad Request"), "does not speak"},
		"16 MiB announced, 0 sent": {u32(maxFrame), "unexpected EOF"},
		"header beyond the frame":  {u32(4, 100), "header of 100 bytes in a frame of 4"},
		"header of 16 MiB":         {u32(4, 0xFFFFFF), "in a frame of 4"},
		"another encoding":         {append(u32(uint32(4+len(header)), 1<<24|uint32(len(header))), header...), "encoding 1"},
		"no JSON":                  {append(u32(4+3, 3), "abc"...), "header"},
		"JSON of another type":     {append(u32(4+2, 2), "[]"...), "header"},
		"a number too large":       {append(u32(4+22, 22), `{"opaque":99999999999}`...), "header"},
	} {
		cmd, err := ReadCommand(bytes.NewReader(tc.frame))
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %+v, %v; want an error with %q", name, cmd, err, tc.want)
		}
	}
}

func TestEndBetweenFramesIsCleanAndInsideIsNot(t *testing.T) {
	frame, err := newCommand(0, nil, nil).Encode()
	if err != nil {
		t.Fatal(err)
	}
	r := bytes.NewReader(frame)
	if _, err := ReadCommand(r); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadCommand(r); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
	for cut := 1; cut < len(frame); cut++ {
		if _, err := ReadCommand(bytes.NewReader(frame[:cut])); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("cut at %d: %v", cut, err)
		}
	}
}

func TestTooLargeARequestIsRefusedHere(t *testing.T) {
	if _, err := newCommand(310, nil, make([]byte, maxFrame)).Encode(); err == nil {
		t.Error("a frame above the limit was encoded")
	}
}

func TestQuoteKeys(t *testing.T) {
	for in, want := range map[string]string{
		`{0:"1.2.3.4:10911"}`:         `{"0":"1.2.3.4:10911"}`,
		`{0:"a",1:"b", -2 : "c"}`:     `{"0":"a","1":"b", "-2" : "c"}`,
		`{"a":{1:{2:3}}}`:             `{"a":{"1":{"2":3}}}`,
		`[0,1,2]`:                     `[0,1,2]`,
		`{"a":[1,2],"b":3}`:           `{"a":[1,2],"b":3}`,
		`{"k,1:2":"v{3:4}"}`:          `{"k,1:2":"v{3:4}"}`,
		`{"esc\"{1:":"x"}`:            `{"esc\"{1:":"x"}`,
		`{"a":-1,"b":[-1,{5:[6]}]}`:   `{"a":-1,"b":[-1,{"5":[6]}]}`,
		`{"cut`:                       `{"cut`,
		`{1`:                          `{1`,
		`{"a":"backslash at the end\`: `{"a":"backslash at the end\`,
		"{\n\t0:\"a\"}":               "{\n\t\"0\":\"a\"}",
	} {
		if got := string(quoteKeys([]byte(in))); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

func TestClusterInfoOfFastjson(t *testing.T) {
	var info ClusterInfo
	data := `{"brokerAddrTable":{"broker-a":{"brokerAddrs":{0:"10.0.0.1:10911",1:"10.0.0.2:10911"},"brokerName":"broker-a","cluster":"c","enableActingMaster":false}},"clusterAddrTable":{"c":["broker-a"]}}`
	if err := unmarshal([]byte(data), &info); err != nil {
		t.Fatal(err)
	}
	if got := info.Groups["broker-a"].Addresses[1]; got != "10.0.0.2:10911" {
		t.Errorf("slave at %q", got)
	}
	if err := unmarshal([]byte(`{"brokerAddrTable":`), &info); err == nil {
		t.Error("half an answer was accepted")
	}
}

func FuzzReadCommand(f *testing.F) {
	frame, err := newCommand(11, map[string]string{"queueOffset": "1"}, []byte{1, 2}).Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(frame)
	f.Add([]byte{0, 0, 0, 4, 0, 0, 0, 0})
	f.Add([]byte{0, 0, 0, 6, 0, 0, 0, 2, '{', '}'})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4 {
			binary.BigEndian.PutUint32(data, uint32(len(data)-4)) // beyond the first check, which TestHostileFrames covers
		}
		cmd, err := ReadCommand(bytes.NewReader(data))
		if err == nil && len(cmd.Body) > len(data) {
			t.Errorf("a body of %d bytes from %d", len(cmd.Body), len(data))
		}
	})
}

func FuzzQuoteKeys(f *testing.F) {
	f.Add([]byte(`{"a":{0:"x",1:[1,2,{3:4}]}}`))
	f.Add([]byte(`{-1:"\"`))
	f.Fuzz(func(t *testing.T, data []byte) {
		once := quoteKeys(data)
		if twice := quoteKeys(once); !bytes.Equal(once, twice) {
			t.Errorf("%q becomes %q, and that %q", data, once, twice)
		}
	})
}
