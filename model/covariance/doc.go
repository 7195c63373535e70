// Package covariance estimates covariance matrices and their inverses: empirical,
// shrunken (Ledoit and Wolf 2004; Chen et al. 2010) and sparse (graphical lasso,
// Friedman et al. 2008).
package covariance
