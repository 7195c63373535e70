package demo

import (
	"io"
	"sync"
)

// console lets the demo and the log of its pipeline write to one place.
type console struct {
	mu sync.Mutex
	w  io.Writer
}

func (c *console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.w.Write(p)
}
