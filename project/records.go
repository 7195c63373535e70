package project

import "strings"

// Names among the definitions that are not of models.
const (
	// CompositionRecord holds the composition, so that readers need not know the
	// settings of the learner.
	CompositionRecord = "$tower"
	// FreezeRecord says, by being there, that the project learns nothing for now.
	FreezeRecord = "$freeze"
	// LimitsRecord holds what the limits of the schema were altered to.
	LimitsRecord = "$limits"
	// FrozenRecord begins the names of frozen versions, model@version.
	FrozenRecord = "$frozen/"
	// ServeRecord begins the names of models that a frozen version answers for.
	ServeRecord = "$serve/"
	// ThresholdRecord begins the names of scores whose threshold was set while pipelines
	// run, in place of the settings of their components.
	ThresholdRecord = "$threshold/"
	// BinningRecord begins the names of binnings, by key: whoever stores a key first
	// decides for all shards.
	BinningRecord = "$frame/"
	// LossRecord is drawn anew whenever the definitions are written again after keys had
	// gone. What two processes might let grow from different states begins anew with it.
	LossRecord = "$loss"
	// ForestRecord begins the names of forests, by key and ID: key/id. Rows are counted in
	// the first one of a key that has begun since the last loss.
	ForestRecord = "$forest/"
	// MergedForest begins the last part of the name of a forest that came by a merge: behind
	// those that the project has begun itself.
	MergedForest = "~"
	// LikelihoodRecord begins the names of the frames of likelihoods, by key: whoever
	// settles a key first decides its terms, and any process may renew its point.
	LikelihoodRecord = "$likelihood/"
)

// IsReserved reports whether a name among the definitions is not that of a
// model.
func IsReserved(name string) bool { return strings.HasPrefix(name, "$") }
