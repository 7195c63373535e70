// Package threshold turns scores into alarms: fixed bounds, quantiles and extreme
// value theory (Siffert et al. 2017), with drift of the level.
package threshold
