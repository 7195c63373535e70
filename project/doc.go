// Package project is a project at rest: what is stored of one, under which keys,
// and how it is read by a process that does not learn it.
//
// [Open] loads the schema, the definitions and the [Composition], which says
// which statistics the project keeps. With these it gives the maker that decodes
// the statistics and a reader of the shards: a reader is told store, prefix and
// name, and nothing else.
//
// Keys begin with [Base]. Below it are the schema ([SchemaLog]), the definitions
// ([DefinitionLog]), the directory of the shards and the shards themselves, which
// package state keeps. Ids of shards that begin with [ReservedShard] hold no rows
// that count: see [HoldsRows].
//
// The package builds no models and answers no questions; package live does.
package project
