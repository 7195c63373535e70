package classification

import "github.com/rpconnect-sml/rpconnect-sml/model"

// Entries are the rows of the models that predict a class.
func Entries() []model.Entry {
	return []model.Entry{
		ldaEntry(),
		logisticEntry(),
		bayesEntry(),
		qdaEntry(),
		svmEntry(),
	}
}
