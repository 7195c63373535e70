// Package pool has the type pool: a mixture of other models of a project that predict the
// same target, each weighing the more, the less its last predictions have cost.
//
// A pool is read off models that have been built (model.Evidence.Members) and learns
// nothing itself. Built by itself it weighs all members alike; whoever answers with it
// has what their predictions have cost, and weighs it (model.Mixed.Weighed). Package
// model/evaluation keeps these losses.
//
//	m, err := catalogue.All().Build(ctx, definition, evidence) // with evidence.Members
//	weighed := m.(model.Mixed).Weighed(losses.Standings(names, need))
//	weighed.Predict(values, codes, &result)
//
// It does not combine models by a regression on their predictions (stacking), and has no
// pools among its members.
package pool
