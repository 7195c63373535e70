package s3

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/redpanda-data/benthos/v4/public/bloblang"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure/extended"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
)

// algorithms of the scanner decompress that the host can compress by, but pgzip, which is another reader of gzip.
var algorithms = []string{"gzip", "pgzip", "zlib", "flate", "lz4", "snappy", "zstd"}

func compressed(t *testing.T, algorithm, content string) string {
	t.Helper()
	if algorithm == "snappy" { // the host compresses one block and decompresses frames
		return framed(content)
	}
	exe, err := bloblang.Parse(fmt.Sprintf("root = this.compress(%q)", strings.TrimPrefix(algorithm, "p")))
	if err != nil {
		t.Fatal(err)
	}
	out, err := exe.Query(content)
	if err != nil {
		t.Fatal(err)
	}
	return string(out.([]byte))
}

// framed returns the content in the framing format of Snappy, in chunks that are not compressed:
// framing_format.txt of google/snappy, sections 3, 4.1 and 4.3.
func framed(content string) string {
	out := []byte("\xff\x06\x00\x00sNaPpY")
	for chunk := range slices.Chunk([]byte(content), 1000) {
		sum := crc32.Checksum(chunk, crc32.MakeTable(crc32.Castagnoli))
		size := len(chunk) + 4
		out = append(out, 1, byte(size), byte(size>>8), byte(size>>16))
		out = binary.LittleEndian.AppendUint32(out, (sum>>15|sum<<17)+0xa282ead8)
		out = append(out, chunk...)
	}
	return string(out)
}

// scanners and the content that they cut into rows.
var scanners = map[string]func(rows []string) string{
	"lines: {}":                                             func(rows []string) string { return strings.Join(rows, "\n") + "\n" },
	"lines: { custom_delimiter: ab }":                       func(rows []string) string { return strings.Join(rows, "ab") },
	"csv: {}":                                               func(rows []string) string { return "n\n" + strings.Join(rows, "\n") },
	"csv: { continue_on_error: true }":                      func(rows []string) string { return "n\n" + strings.Join(rows, "\n") },
	"json_documents: {}":                                    func(rows []string) string { return strings.Join(rows, " ") },
	"json_array: {}":                                        func(rows []string) string { return "[" + strings.Join(rows, ",") + "]" },
	"re_match: { pattern: '(?m)^' }":                        func(rows []string) string { return strings.Join(rows, "\n") },
	"chunker: { size: 8 }":                                  func(rows []string) string { return strings.Join(rows, "") },
	"to_the_end: {}":                                        func(rows []string) string { return strings.Join(rows, "\n") },
	"skip_bom: { into: { lines: {} } }":                     func(rows []string) string { return strings.Join(rows, "\n") },
	"switch: [ { scanner: { lines: {} } } ]":                func(rows []string) string { return strings.Join(rows, "\n") },
	"lines: { max_buffer_size: 100 }":                       func(rows []string) string { return strings.Join(rows, "\n") },
	"lines: { omit_empty: true }":                           func(rows []string) string { return strings.Join(rows, "\n\n") },
	"csv: { parse_header_row: false }":                      func(rows []string) string { return strings.Join(rows, "\n") },
	"csv: { lazy_quotes: true }":                            func(rows []string) string { return "n\n" + strings.Join(rows, "\n") },
	"re_match: { pattern: '(?m)^', max_buffer_size: 1000 }": func(rows []string) string { return strings.Join(rows, "\n") },
}

// TestCut: however an object is compressed and scanned, and wherever it is cut, what comes out are the first
// messages of the whole one, which then comes whole.
func TestCut(t *testing.T) {
	for seed := range drawn.Seeds(4) {
		for scanner, join := range scanners {
			for k := range 2 {
				algorithm := algorithms[(int(seed)*2+k)%len(algorithms)]
				t.Run(fmt.Sprintf("%s in %s by %d", scanner, algorithm, seed), func(t *testing.T) {
					t.Parallel()
					checkCut(t, rand.New(rand.NewPCG(seed, uint64(len(scanner)+k))), scanner, algorithm, join)
				})
			}
		}
	}
}

func checkCut(t *testing.T, random *rand.Rand, scanner, algorithm string, join func([]string) string) {
	var rows []string
	for range 100 + random.IntN(4000) {
		rows = append(rows, fmt.Sprint(10_000_000+random.IntN(90_000_000))) // any first digits are a number, too
	}
	whole := compressed(t, algorithm, join(rows))
	part := whole[:1+random.IntN(len(whole)-1)]
	s := newServer(t, map[string]string{"a": part, "b": whole})
	p := start(t, s, fmt.Sprintf("max_batch_count: %d\nscanner: { decompress: { algorithm: %s, into: { %s } } }", 1+random.IntN(900), algorithm, scanner))
	var cut, full []string
	for _, r := range p.all(t) {
		if r.meta[metaKey] == "a" {
			cut = append(cut, r.text)
		} else {
			full = append(full, r.text)
		}
	}
	if want := len(rows); len(full) != want && len(full) != 1 {
		t.Fatalf("the whole object gives %d messages, want %d\n%.600s", len(full), want, &p.log)
	}
	if len(cut) >= len(full) || !slices.Equal(cut, full[:len(cut)]) {
		t.Errorf("%d of %d bytes give %d messages of %d, the last ones %.60q", len(part), len(whole), len(cut), len(full), cut[max(0, len(cut)-2):])
	}
	if !strings.Contains(p.log.String(), "passed over") {
		t.Errorf("the log does not say that the rest is passed over")
	}
}

// TestChangedUnsaid: of a store that heeds no condition the contents of two versions are not mixed.
func TestChangedUnsaid(t *testing.T) {
	for seed := range drawn.Seeds(10) {
		random := rand.New(rand.NewPCG(seed, 6))
		first, second := strings.Repeat("old row\n", 2000), strings.Repeat("new row\n", 1000+random.IntN(2000)*2+1)
		s := newServer(t, map[string]string{"a": first})
		at := 5000 + random.IntN(10000)
		s.fault = func(w http.ResponseWriter, _ *http.Request, key string, nth int) bool {
			switch {
			case key != "a":
				return false
			case nth == 1:
				cut(w, first, at)
			default:
				head(w, second)
				fmt.Fprint(w, second)
			}
			return true
		}
		p := start(t, s, fmt.Sprintf("max_batch_count: %d", 1+random.IntN(50)))
		fresh := 0
		for _, r := range p.all(t) {
			if r.text == "new row" {
				if r.meta[metaPosition] != fmt.Sprint(fresh) {
					t.Fatalf("seed %d: new row %d has the position %s", seed, fresh, r.meta[metaPosition])
				}
				fresh++
			}
		}
		if want := strings.Count(second, "\n"); fresh != want || !strings.Contains(p.log.String(), "has changed while it was read") {
			t.Errorf("seed %d: %d new rows, want %d\n%s", seed, fresh, want, &p.log)
		}
	}
}
