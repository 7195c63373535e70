package project

// layers is the table of what a project may keep besides plain summaries. A row is
// in the file that is named after it. YAML, REST, the stored record, `sml info` and
// the documentation are made of these rows. Their order is that of the settings in
// the record, and within a stage that of the wrappers from the inside out.
func layers() []row {
	return []row{
		partitionRow(),
		foldsRow(),
		windowRow(),
		decayRow(),
		entitiesRow(),
		summaryRow(),
	}
}
