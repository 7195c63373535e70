// Package exported finds exported identifiers that need not be exported: no
// other package of the module uses them, neither its code nor its tests.
//
// A use is one of these:
//
//   - code or a test of another package names the identifier; the tests of its
//     own package do not count, as they can be given it by an export_test.go
//   - an identifier that is used has the type in its signature, or in an exported
//     field
//   - a constant is of a type that is used: enumerations stay whole
//   - a method makes a type satisfy an interface, of this module or of one that it
//     imports
//
// Fields are not looked at. Uses in files with the build tag integration count.
package exported
