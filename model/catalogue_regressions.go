package model

// regressions are the rows of the models that predict a number.
func regressions() []Entry {
	return []Entry{
		elasticNetEntry(),
		lassoEntry(),
		olsEntry(),
		pcrEntry(),
		plsEntry(),
		powerEntry(),
		ridgeEntry(),
		svrEntry(),
	}
}
