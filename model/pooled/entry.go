package pooled

import (
	"context"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// Entries is the row of the type adaptive.
func Entries() []model.Entry {
	return []model.Entry{
		model.NewEntry(model.Entry{
			Type:    "adaptive",
			Role:    model.RoleClassification,
			Numbers: true,
			Target:  true,
			Summary: "The recommended model for a stream whose laws change: forests and linear models that forget at different speeds, mixed by how well each of them has predicted the rows just before. " +
				"A categorical or binary target makes it a classifier, a continuous one a regression. Rows are learned one by one, in their order, from the moment when the model is defined. " +
				"It follows each shard, and shards predict side by side; rows cannot be taken away from it again.",
			Needs: func(d *model.Definition) (model.Needs, error) {
				s, err := model.ReadOptions(d, read)
				if err != nil {
					return model.Needs{}, err
				}
				return s.Needs(d)
			},
		}, read, func(_ context.Context, d *model.Definition, s Settings, e *model.Evidence) (model.Model, error) {
			return Build(d, &s, e)
		}),
	}
}
