package output

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strings"
)

// encode writes indented JSON as encoding/json does, but holds one item of a long list at a time and not the whole text.
func encode(w io.Writer, v any) error {
	s := &stream{out: bufio.NewWriterSize(w, 1<<16)}
	s.encoder = json.NewEncoder(&s.item)
	s.encoder.SetEscapeHTML(false)
	if err := s.value(reflect.ValueOf(v), "", 0); err != nil {
		return err
	}
	_ = s.out.WriteByte('\n') // Flush returns its error
	return s.out.Flush()
}

// stream is a JSON text that is being written.
type stream struct {
	out     *bufio.Writer
	item    bytes.Buffer
	encoder *json.Encoder
}

// shallow is how many lists are taken apart one in another: those of findings, and of a cluster's groups.
const shallow = 2

// value writes a value whose own line is indented; lists counts those that it lies in.
func (s *stream) value(v reflect.Value, indent string, lists int) error {
	switch {
	case lists < shallow && v.Kind() == reflect.Slice && v.Len() > 0:
		return s.list(v, indent, lists)
	case lists < shallow && v.Kind() == reflect.Struct && long(v.Type()):
		return s.object(v, indent, lists)
	}
	s.item.Reset()
	s.encoder.SetIndent(indent, "  ")
	if err := s.encoder.Encode(v.Interface()); err != nil {
		return err
	}
	_, err := s.out.Write(bytes.TrimSuffix(s.item.Bytes(), []byte("\n")))
	return err
}

func (s *stream) list(v reflect.Value, indent string, lists int) error {
	next := "["
	for i := range v.Len() {
		_, _ = s.out.WriteString(next + "\n" + indent + "  ")
		if err := s.value(v.Index(i), indent+"  ", lists+1); err != nil {
			return err
		}
		next = ","
	}
	_, err := s.out.WriteString("\n" + indent + "]")
	return err
}

func (s *stream) object(v reflect.Value, indent string, lists int) error {
	next := "{"
	for i := range v.NumField() {
		name, option, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if left(v.Field(i), option) {
			continue
		}
		_, _ = s.out.WriteString(next + "\n" + indent + `  "` + name + `": `)
		if err := s.value(v.Field(i), indent+"  ", lists); err != nil {
			return err
		}
		next = ","
	}
	_, err := s.out.WriteString("\n" + indent + "}")
	return err
}

// left says whether a field is left out.
func left(v reflect.Value, option string) bool {
	return option == "omitempty" && (v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0) || option == "omitzero" && v.IsZero()
}

// long says whether a structure may hold a list of structures, and each of its fields has a name of its own.
func long(t reflect.Type) bool {
	found := false
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous || f.Tag.Get("json") == "" {
			return false
		}
		found = found || f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct || f.Type.Kind() == reflect.Struct && long(f.Type)
	}
	return found
}
