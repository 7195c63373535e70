// Package docgen renders the Markdown pages of components from their specs, so
// that the documentation cannot say other than the code.
//
//	pages, err := docgen.Components(env, "sml_")
//	page := docgen.Functions(bloblangEnv, "sml_")
//
// A test of package plugin keeps docs/components equal to what it renders.
package docgen
