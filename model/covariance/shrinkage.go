package covariance

// shrinkageOf returns the weight from 0 to 1 of the mean variance times the
// identity that minimises the expected squared error, by one of the estimators
// of it; trace is tr S and squares tr S^2.
func shrinkageOf(estimator string, s CovarianceSample, p int, trace, squares float64) (weight float64, approximate bool) {
	n, d := s.N, float64(p)
	spread := squares - trace*trace/d // p times the variance of the eigenvalues
	switch estimator {
	case covarianceRBLW:
		// Chen, Wiesel, Eldar, Hero, Shrinkage algorithms for MMSE covariance
		// estimation, IEEE Trans. Signal Processing 58, 2010, equation 17
		return shareOf((n-2)/n*squares+trace*trace, (n+2)*spread), false
	case covarianceOAS:
		// equation 23 there
		return shareOf((1-2/d)*squares+trace*trace, (n+1-2/d)*spread), false
	case covarianceOASLarge:
		// equation 23 without 2/p, and with tr S^2 and tr S of the means of the
		// elements, as scikit-learn's oas
		return shareOf(squares+trace*trace, (n+1)*spread), false
	}
	fourth, approximate := s.Fourth, false
	if !(fourth > 0) {
		fourth, approximate = assumedFourth(s, p, trace, squares), true
	}
	// Ledoit and Wolf, A well-conditioned estimator for large-dimensional
	// covariance matrices, J. Multivariate Analysis 88, 2004, section 3.3
	return shareOf((fourth-squares)/n, spread), approximate
}

// shareOf returns part over whole, from 0 to 1; 1 where there is no whole, as
// the matrix is then a multiple of the identity.
func shareOf(part, whole float64) float64 {
	if !(whole > 0) {
		return 1
	}
	return min(max(part/whole, 0), 1)
}

// assumedFourth returns E|x-mean|^4 of an elliptical distribution, for which
// E(xi^2 xj^2) = k (Sii Sjj + 2 Sij^2) with k = kurtosis/3 (Muirhead, Aspects of
// Multivariate Statistical Theory, 1982, section 1.6), with the mean kurtosis
// of the columns between them and its own for each; normal where none is
// known. The true value is the sum over all rows of a fourth power that depends
// on which columns are inputs, so no statistic of single columns or of pairs
// of them holds it for inputs chosen later.
func assumedFourth(s CovarianceSample, p int, trace, squares float64) float64 {
	const normal = 3
	mean, own, seen := 0.0, 0.0, 0.0
	for i := range p {
		k, v := float64(normal), s.Matrix[i*p+i]
		if s.Kurtosis != nil && s.Kurtosis[i] >= 1 {
			k = s.Kurtosis[i]
		}
		if v > 0 {
			mean += k
			seen++
		}
		own += (k - normal) * v * v
	}
	if seen == 0 {
		return 0
	}
	mean /= seen
	for i := range p {
		// the diagonal is taken out of the common part and put in by itself
		v := s.Matrix[i*p+i]
		own -= (mean - normal) * v * v
	}
	return max(mean/normal*(trace*trace+2*squares)+own, 0)
}
