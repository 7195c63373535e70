package stats

// Blend mixes what is known of one key with what is known of all: a number own
// that n rows of the key support, and the population's, which weighs as much as
// k rows. It is the posterior mean of a normal mean with a normal prior worth k
// observations (Gelman et al., Bayesian Data Analysis, 3rd ed., eq. 2.11):
// population + n/(n+k) (own - population). With k 0 it is own, without rows the
// population's.
func Blend(n, k, own, population float64) float64 {
	switch {
	case k == 0:
		return own
	case !(n > 0):
		return population
	}
	return population + n/(n+k)*(own-population)
}
