// Package complete has the command `completion`, which prints a script for bash, zsh or
// fish, and the hidden command that these scripts call: it takes the words of a command
// line and prints what the last one may become.
//
// Commands and flags come from the command line itself. What is in a project comes from
// a function that the caller gives.
package complete
