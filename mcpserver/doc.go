// Package mcpserver offers the operations of an [ui.API] as tools of the Model
// Context Protocol: one tool for each question, one for each model type, and one
// for each thing that can be done with projects and models.
//
// A tool is made of what declares the operation: the parameters of a question,
// the options of a model type. So one more question is one more tool.
//
// It knows no project: what is asked, the API answers. Tools that change
// something are there when the API is writable.
package mcpserver
