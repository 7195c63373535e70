// Package health is the command `health`: it asks a running pipeline whether it
// is ready, for the health checks of containers, which have no other program.
package health
