// Package drift tells whether two states of a stream differ, by how much and in which attributes, from
// their statistics alone.
package drift
