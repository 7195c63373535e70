// Package adaptive learns streams whose laws change: a pool of models that learn each
// row in place, mixed by how well each of them has predicted the rows just before.
//
// A [Pool] holds the state of one shard. Its members are forests and linear models that
// forget at different speeds: one that never does, and others with half-lives down to
// twenty rows, whose trees are grown anew from the last rows. Each member predicts each row
// before it learns it, and what the row cost it decides its weight in the next prediction.
//
// What a pool has learned depends on the order of its rows, which is what it is for. It does
// not add up: pools of several shards predict side by side ([NewMix]), and rows
// cannot be taken away again.
//
// A class is predicted by the mean over all prunings of each tree, as package forest
// does, with counts that fade.
package adaptive
