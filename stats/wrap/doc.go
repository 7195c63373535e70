// Package wrap composes statistics: a wrapper is a [stats.Additive] around other
// Additives, of which it knows nothing but that contract.
//
// A [Window] keeps what is recent, by time or ([RowWindow]) by rows; [Decay] lets
// old rows weigh less; [Folds] deals rows to parts for cross-validation;
// [Partition] keeps a statistic per value of an attribute; [Parallel] keeps several
// in parallel; [Binned] counts in binnings along with what it wraps. Each has a
// maker with the wrapper's settings, which composes with the makers of others.
//
// Wrappers do not store rows, and they do not choose: which of them a project has
// is said by its settings.
package wrap
