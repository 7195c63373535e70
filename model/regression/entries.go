package regression

import "github.com/rpconnect-sml/rpconnect-sml/model"

// Entries are the rows of the models that predict a number.
func Entries() []model.Entry {
	return []model.Entry{
		elasticNetEntry(),
		gamEntry(),
		gammaEntry(),
		lassoEntry(),
		negativeBinomialEntry(),
		olsEntry(),
		pcrEntry(),
		plsEntry(),
		poissonEntry(),
		powerEntry(),
		quantileEntry(),
		ridgeEntry(),
		svrEntry(),
	}
}
