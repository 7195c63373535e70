// Package pyclient writes the generated modules of the Python client of the
// OpenAPI document: the operations, one method each, and the model types, one
// function each.
package pyclient
