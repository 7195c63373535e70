package param

import "slices"

// nearest returns the known name that a name was probably meant to be, "" where none
// is near: at most a third of its letters differ, swapped neighbours counting as one
// (Damerau-Levenshtein distance, optimal string alignment). A known name that begins
// with the name, or is the beginning of it, is near too.
func nearest(name string, known []string) string {
	const longest = 200 // bytes; the distance takes time by their product
	best, least := "", len(name)
	if name == "" || len(name) > longest {
		return ""
	}
	for _, k := range known {
		if k == "" || len(k) > longest {
			continue
		}
		d := distance(name, k)
		if shared := min(len(name), len(k)); shared >= 4 && name[:shared] == k[:shared] {
			d = min(d, 2)
		}
		if d <= max(len(name), len(k))/3 && d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is the number of edits that make b of a.
func distance(a, b string) int {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row := rows[(i-1)%3], rows[i%3], rows[(i+1)%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return rows[(len(a)+1)%3][len(b)]
}

// DidYouMean is a phrase for an error about an unknown name: "; did you mean x?", or
// nothing where no known name is near.
func DidYouMean(name string, known []string) string {
	near := nearest(name, slices.DeleteFunc(slices.Clone(known), func(k string) bool { return k == name }))
	if near == "" {
		return ""
	}
	return "; did you mean " + show(near) + "?"
}
