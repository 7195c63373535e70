// Package catalogue lists all model types.
package catalogue

import (
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/anomaly"
	"github.com/rpconnect-sml/rpconnect-sml/model/classification"
	"github.com/rpconnect-sml/rpconnect-sml/model/pool"
	"github.com/rpconnect-sml/rpconnect-sml/model/pooled"
	"github.com/rpconnect-sml/rpconnect-sml/model/regression"
)

// All returns the rows of all families, by type. A type that is in it is
// available in YAML, in Bloblang, over REST, on the page and on the command
// line, and documented.
func All() model.Catalogue {
	return model.NewCatalogue(anomaly.Entries(), classification.Entries(), pool.Entries(), pooled.Entries(), regression.Entries())
}
