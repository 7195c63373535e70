package anomaly

import (
	"context"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// Entries are the rows of the anomaly models.
func Entries() []model.Entry { return append(memberEntries(), ensembleEntry()) }

// memberEntries are the anomaly models that an ensemble can have as members.
func memberEntries() []model.Entry {
	return []model.Entry{
		hbaEntry(),
		ecodEntry(),
		copodEntry(),
		mahalanobisEntry(),
		pcaEntry(),
		zscoreEntry(),
		treesEntry(),
		lodaEntry(),
		rsHashEntry(),
		densityEntry(),
		localDensityEntry(),
	}
}

// buildMember builds an anomaly model as part of another.
func buildMember(ctx context.Context, d *model.Definition, e *model.Evidence) (model.Model, error) {
	entry, err := memberEntry(d.Type)
	if err != nil {
		return nil, err
	}
	build, err := entry.Bind(d)
	if err != nil {
		return nil, err
	}
	return build(ctx, e)
}

// memberEntry returns the row of a type that an ensemble can have as a member.
func memberEntry(typ string) (*model.Entry, error) {
	entries := memberEntries()
	for i := range entries {
		if entries[i].Type == typ {
			return &entries[i], nil
		}
	}
	return nil, fmt.Errorf("type is %q, want an anomaly model", typ)
}

// histogramNeeds are those of the types that are read off histograms.
func histogramNeeds(*model.Definition) (model.Needs, error) {
	return model.Needs{Histograms: true}, nil
}
