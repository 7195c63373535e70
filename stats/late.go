package stats

// Later is a statistic that leaves out rows that come too late.
type Later interface {
	// Late says of each of the rows with these times, in order, whether it would be
	// left out; nil where none would. Nothing changes.
	Late(times []int64) []bool
}

// LateRows says of each of the rows with these times whether a statistic would leave
// it out, or any of several statistics side by side; nil where none would.
func LateRows(a Additive, times []int64) (late []bool) {
	switch v := a.(type) {
	case Later:
		late = v.Late(times)
	case Parallel:
		for _, name := range v.Names() {
			part := LateRows(v.Part(name), times)
			if late == nil {
				late = part
				continue
			}
			for i := range part {
				late[i] = late[i] || part[i]
			}
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
