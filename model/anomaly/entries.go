package anomaly

import (
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
	}
}

// buildMember builds an anomaly model as part of another.
func buildMember(d *model.Definition, e *model.Evidence) (model.Model, error) {
	for _, entry := range memberEntries() {
		if entry.Type == d.Type {
			build, err := entry.Bind(d)
			if err != nil {
				return nil, err
			}
			return build(e)
		}
	}
	return nil, fmt.Errorf("type is %q, want an anomaly model", d.Type)
}
