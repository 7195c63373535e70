package classification_test

import (
	"context"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
)

func classifier(t testing.TB, e *model.Evidence, kind, target string, options map[string]any, inputs ...string) model.Classifier {
	t.Helper()
	m, err := catalogue.All().Build(context.Background(), model.Definition{Name: "m", Type: kind, Target: target, Inputs: inputs, Options: options}, e)
	if err != nil {
		t.Fatal(err)
	}
	return m.(model.Classifier)
}
