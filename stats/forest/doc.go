// Package forest grows decision trees from rows that pass, and counts classes in
// their nodes.
//
// A tree has two parts. Its [Frame] is the structure: a list of splits that only ever
// grows. Its [Counts] hold, for each node, the weight of the rows of each class that
// ended there. A row ends in the leaf that it reaches when it is counted, so that it is in
// one place only, and the rows of a node are those that ended there and those of both
// children. Counts of equal frames are sums: they do not depend on the order of the
// rows, and those of several shards, tiles or folds add, subtract and decay entry by entry.
//
// No tree is pruned. A prediction is the mean over all prunings of a tree, each
// weighted by how probable it makes the classes that were seen: context-tree weighting
// (Willems, Shtarkov and Tjalkens, IEEE Transactions on Information Theory 41, 1995) with
// the Dirichlet-multinomial evidence of each node. [Weights] reads it off the counts in
// one pass from the leaves to the root.
package forest
