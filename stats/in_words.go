package stats

// worded is a statistic that can say in words what it is.
type worded interface{ InWords() string }

// InWords names the kind of a statistic for errors: "a summary", "folds". One that does
// not say it itself is a statistic of another kind.
func InWords(statistic any) string {
	if w, ok := statistic.(worded); ok {
		return w.InWords()
	}
	return "a statistic of another kind"
}
