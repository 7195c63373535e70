package stats

// Later is a statistic that leaves out rows that come too late.
type Later interface {
	// Late returns how many of the rows with these times, in order, would be left
	// out. Nothing changes.
	Late(times []int64) int
}

// LateRows returns how many of the rows with these times a statistic would leave
// out: of several statistics side by side, the most that any of them does.
func LateRows(a Additive, times []int64) int {
	late := 0
	switch v := a.(type) {
	case Later:
		late = v.Late(times)
	case Parallel:
		for _, name := range v.Names() {
			late = max(late, LateRows(v.Part(name), times))
		}
	}
	return late
}

// Spanning is a statistic that knows of which time its rows are.
type Spanning interface {
	// Span returns the times from which and before which rows count, in
	// nanoseconds since 1970; false before the first row.
	Span() (from, to int64, ok bool)
}
