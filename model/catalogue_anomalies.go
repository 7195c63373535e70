package model

import "fmt"

// anomalies are the rows of the anomaly models.
func anomalies() []Entry { return append(memberEntries(), ensembleEntry()) }

// memberEntries are the anomaly models that an ensemble can have as members.
func memberEntries() []Entry {
	return []Entry{
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
func buildMember(d *Definition, e *Evidence) (Model, error) {
	for _, entry := range memberEntries() {
		if entry.Type == d.Type {
			return entry.build(d, e)
		}
	}
	return nil, fmt.Errorf("type is %q, want an anomaly model", d.Type)
}
