// Package forest grows decision trees from rows that pass, and keeps counts of the
// classes in their nodes.
//
// A tree has two parts. Its frame is the structure: which attribute a node splits,
// where, and what its prior was when it came. A frame only ever grows. Its counts are
// a number per node and class. Given the frame, counts do not depend on the order of
// the rows; those of several shards, tiles or folds add and subtract, and decay, entry by
// entry.
//
// No tree is pruned. A prediction is the mean over all prunings, each weighted by
// how likely it makes the classes of the rows: context-tree weighting (Willems,
// Shtarkov and Tjalkens, IEEE Transactions on Information Theory 41, 1995), with the
// Dirichlet-multinomial evidence of a node. It follows from the counts in one pass
// from the leaves to the root, see [Weights].
package forest
