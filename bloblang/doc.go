// Package bloblang holds the Bloblang functions that ask open projects:
// [Register] adds them to an environment.
//
// A function finds a project among those that a component of the process has
// opened, and answers from its current snapshot. There is no maths here.
package bloblang
