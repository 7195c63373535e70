package model

import "slices"

// Decide returns the most probable class or, with a threshold above 0, which is for two
// classes, the second one where it has at least that probability.
func Decide(probabilities []float64, threshold float64) int {
	if threshold > 0 {
		if probabilities[1] >= threshold {
			return 1
		}
		return 0
	}
	class := 0
	for k, p := range probabilities {
		if p > probabilities[class] {
			class = k
		}
	}
	return class
}

// Place returns where names are in a list, which it makes longer by those that it lacks.
func Place(list, names []string) (longer []string, at []int) {
	for _, name := range names {
		i := slices.Index(list, name)
		if i < 0 {
			i = len(list)
			list = append(list, name)
		}
		at = append(at, i)
	}
	return list, at
}
