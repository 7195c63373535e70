package regression

import "github.com/rpconnect-sml/rpconnect-sml/model"

// Entries are the rows of the models that predict a number.
func Entries() []model.Entry {
	return []model.Entry{
		elasticNetEntry(),
		gamEntry(),
		lassoEntry(),
		olsEntry(),
		pcrEntry(),
		plsEntry(),
		powerEntry(),
		ridgeEntry(),
		svrEntry(),
	}
}
