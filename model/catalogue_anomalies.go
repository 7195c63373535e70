package model

// anomalies are the rows of the anomaly models.
func anomalies() []Entry {
	return []Entry{
		hbaEntry(),
	}
}
