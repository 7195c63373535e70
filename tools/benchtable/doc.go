// Command benchtable runs the benchmarks behind the goals of this project and
// prints one Markdown table: what, goal, measured, ratio to the baseline of the
// same run, and whether the goal is met.
//
//	go run ./tools/benchtable -rounds 3 -time 500ms
//
// Every round runs each benchmark once on one core; a figure is the median of
// the rounds. Absolute figures depend on the machine; the ratios do so less.
package main
