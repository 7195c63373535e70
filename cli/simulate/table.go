package simulate

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
)

// Source opens a table from its beginning; it is called once for each pass.
type Source func() (io.ReadCloser, error)

// file is a source that reads a file, which may be compressed with gzip.
func file(path string) Source {
	return func() (io.ReadCloser, error) {
		file, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("file: %w", err)
		}
		buffered := bufio.NewReaderSize(file, 1<<16)
		if magic, _ := buffered.Peek(2); len(magic) < 2 || magic[0] != 0x1f || magic[1] != 0x8b {
			return readCloser{buffered, file}, nil
		}
		unzipped, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("file: %q: %w", path, err), file.Close())
		}
		return readCloser{unzipped, file}, nil
	}
}

type readCloser struct {
	io.Reader
	io.Closer
}

// column is one column of the table. All its cells determine its type.
type column struct {
	name string
	// numeric holds if every cell that is not empty is a finite number.
	numeric bool
}

// scan reads the first limit rows (0: all) and determines the types of the
// columns.
func scan(source Source, limit int) ([]column, error) {
	file, err := source()
	if err != nil {
		return nil, err
	}
	defer file.Close()

	reader := csv.NewReader(file)
	reader.ReuseRecord = true
	header, err := reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("file: empty, a header line is needed")
	}
	if err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	columns, err := parseHeader(header)
	if err != nil {
		return nil, err
	}
	seen := make([]bool, len(columns))
	for row := 0; limit == 0 || row < limit; row++ {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("file: %w", err)
		}
		for i, cell := range record {
			if cell == "" {
				continue
			}
			seen[i] = true
			columns[i].numeric = columns[i].numeric && isNumber(cell)
		}
	}
	for i := range columns {
		columns[i].numeric = columns[i].numeric && seen[i]
	}
	return columns, nil
}

func parseHeader(header []string) ([]column, error) {
	columns := make([]column, len(header))
	taken := make(map[string]int, len(header))
	for i, name := range header {
		if name == "" {
			return nil, fmt.Errorf("file: column %d has no name in the header", i+1)
		}
		if first, ok := taken[name]; ok {
			return nil, fmt.Errorf("file: columns %d and %d are both named %q", first+1, i+1, name)
		}
		taken[name] = i
		columns[i] = column{name: name, numeric: true}
	}
	return columns, nil
}

// indexOf returns the position of the named column.
func indexOf(columns []column, name string) (int, error) {
	names := make([]string, len(columns))
	for i, c := range columns {
		if c.name == name {
			return i, nil
		}
		names[i] = c.name
	}
	return 0, fmt.Errorf("key: no column is named %q, the columns are %q", name, names)
}

// isNumber reports whether the cell is a decimal number as JSON spells it.
// Other spellings (leading zeros, hexadecimal, infinity) are left as text,
// as they are more often names than numbers.
func isNumber(cell string) bool {
	digits := cell
	if digits[0] == '-' {
		digits = digits[1:]
	}
	if digits == "" || digits[0] < '0' || digits[0] > '9' {
		return false
	}
	if digits[0] == '0' && len(digits) > 1 && digits[1] != '.' && digits[1] != 'e' && digits[1] != 'E' {
		return false
	}
	for i := range len(digits) {
		switch c := digits[i]; {
		case c >= '0' && c <= '9', c == 'e', c == 'E', c == '+', c == '-':
		case c == '.':
			if i+1 == len(digits) || digits[i+1] < '0' || digits[i+1] > '9' {
				return false
			}
		default:
			return false
		}
	}
	_, err := strconv.ParseFloat(digits, 64)
	return err == nil
}
