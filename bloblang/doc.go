// Package bloblang holds the Bloblang functions that ask open projects.
//
//	table := live.NewTable()
//	err := bloblang.Register(bloblang.GlobalEnvironment(), table)
//
// A function finds a project among those that a component of the process has
// opened, and answers from its current snapshot. There is no maths here.
package bloblang
