// Package docgen renders the Markdown pages of components from their specs, so
// that the documentation cannot say other than the code.
//
//	pages, err := docgen.Components(env, "sml_")
//	page := docgen.Functions(bloblangEnv, "sml_")
//	page, err := docgen.Section(page, "questions", docgen.Questions())
//
// A test of package plugin keeps docs/components equal to what it renders.
package docgen
