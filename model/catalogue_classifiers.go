package model

// classifiers are the rows of the models that predict a class.
func classifiers() []Entry {
	return []Entry{
		ldaEntry(),
		bayesEntry(),
		qdaEntry(),
		svmEntry(),
	}
}
