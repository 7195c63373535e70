package first

import "testing"

// TestDelimiter: what separates the cells of a table, by its beginning.
func TestDelimiter(t *testing.T) {
	for name, c := range map[string]struct {
		begin, file, want string
		cut               bool
	}{
		"commas":               {begin: "a,b\n1,2\n", want: ","},
		"names with blanks":    {begin: "first name,b\nx y,2\n", want: ","},
		"tabs":                 {begin: "a\tb, c\td\n", want: "\t"},
		"tsv of one column":    {begin: "a,b\n", file: "x.tsv", want: ","},
		"semicolons":           {begin: "a;b\n1,5;2\n", want: ";"},
		"bars":                 {begin: "a|b\n", want: "|"},
		"blanks":               {begin: "a b c\r\n1 2 3\r\n4 5 6\r\n", want: " "},
		"blanks, cut off":      {begin: "a b c\n1 2 3\n4 5", cut: true, want: " "},
		"one column of texts":  {begin: "text\nmore words\n", want: ","},
		"sentences":            {begin: "some text\nmore words here\n", want: ","},
		"a heading of 2 words": {begin: "some text\n", want: ","},
	} {
		if got := delimiter(c.begin, c.cut, c.file); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
