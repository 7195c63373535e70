package simulate

import (
	"encoding/json"
	"fmt"
)

// encoder appends the message for one row to dst.
type encoder interface {
	encode(dst []byte, cells []string) ([]byte, error)
}

// jsonEncoder writes the columns in the order of the table.
type jsonEncoder struct {
	columns []column
	// names holds what precedes each value: `{"s1":`, `,"s2":`, ...
	names [][]byte
}

var _ encoder = (*jsonEncoder)(nil)

func newJSONEncoder(columns []column) (*jsonEncoder, error) {
	e := &jsonEncoder{columns: columns}
	for i, c := range columns {
		quoted, err := json.Marshal(c.name)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", c.name, err)
		}
		before := byte(',')
		if i == 0 {
			before = '{'
		}
		e.names = append(e.names, append(append([]byte{before}, quoted...), ':'))
	}
	return e, nil
}

func (e *jsonEncoder) encode(dst []byte, cells []string) ([]byte, error) {
	for i, cell := range cells {
		dst = append(dst, e.names[i]...)
		switch {
		case cell == "":
			dst = append(dst, "null"...)
		case e.columns[i].numeric:
			dst = append(dst, cell...)
		default:
			quoted, err := json.Marshal(cell)
			if err != nil {
				return nil, fmt.Errorf("column %q: %w", e.columns[i].name, err)
			}
			dst = append(dst, quoted...)
		}
	}
	return append(dst, '}'), nil
}
