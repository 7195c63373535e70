// Package lint is the command `lint`: what the host says of a configuration, and
// everything beyond it for which the components of this program would refuse to start.
//
// The components are constructed as the start does, over caches that are labels only.
// So the command cannot know less than the start. Each refusal is taken to the line of
// the field that it names, that field is left out, and the component is tried again, so
// that one run tells of all.
package lint
