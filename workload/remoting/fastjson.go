package remoting

import (
	"encoding/json"
	"fmt"
)

// unmarshal reads JSON as RocketMQ's fastjson writes it: keys of maps with integer keys stand without quotes, as in
// {0:"10.0.0.1:10911"}. Strict JSON passes through unchanged.
func unmarshal(data []byte, into any) error {
	if err := json.Unmarshal(quoteKeys(data), into); err != nil {
		return fmt.Errorf("decode %.120q: %w", data, err)
	}
	return nil
}

// quoteKeys puts quotes around bare integer keys.
func quoteKeys(data []byte) []byte {
	out := make([]byte, 0, len(data)+16)
	keyNext := false // whether an object key may follow here
	for i := 0; i < len(data); {
		switch c := data[i]; {
		case c == '"':
			end := stringEnd(data, i)
			out, i, keyNext = append(out, data[i:end]...), end, false
		case keyNext && (c == '-' || isDigit(c)):
			end := bareKeyEnd(data, i)
			out = appendKey(out, data[i:end], data[end:])
			i, keyNext = end, false
		default:
			if c == '{' || c == ',' {
				keyNext = true
			} else if !isSpace(c) {
				keyNext = false
			}
			out, i = append(out, c), i+1
		}
	}
	return out
}

// appendKey quotes a number only where a colon follows: elsewhere it is an array's element.
func appendKey(out, number, rest []byte) []byte {
	for _, c := range rest {
		if isSpace(c) {
			continue
		}
		if c == ':' {
			return append(append(append(out, '"'), number...), '"')
		}
		break
	}
	return append(out, number...)
}

func stringEnd(data []byte, start int) int {
	for i := start + 1; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(data)
}

func bareKeyEnd(data []byte, start int) int {
	i := start + 1
	for i < len(data) && isDigit(data[i]) {
		i++
	}
	return i
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
