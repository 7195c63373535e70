package plugin_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	hostbloblang "github.com/redpanda-data/benthos/v4/public/bloblang"
	"github.com/redpanda-data/benthos/v4/public/service"
)

// TestCatalogue lists what the plugin registers: a component that is missing
// here, or from the README, fails.
func TestCatalogue(t *testing.T) {
	env, functions := environments(t)
	var got []string
	env.WalkProcessors(func(name string, _ *service.ConfigView) {
		if strings.HasPrefix(name, "sml_") {
			got = append(got, name)
		}
	})
	env.WalkInputs(func(name string, _ *service.ConfigView) {
		if strings.HasPrefix(name, "sml_") {
			got = append(got, name)
		}
	})
	functions.WalkFunctions(func(name string, _ *hostbloblang.FunctionView) {
		if strings.HasPrefix(name, "sml_") {
			got = append(got, name+"()")
		}
	})
	want := []string{
		"sml_anova()", "sml_bivariate()", "sml_cdf()", "sml_change", "sml_chi2()", "sml_correlation()", "sml_density()", "sml_drift", "sml_evaluation()", "sml_explore()", "sml_features", "sml_ftest()",
		"sml_gain()", "sml_heavy_hitters()", "sml_http", "sml_incidents", "sml_info()", "sml_kafka", "sml_learn", "sml_model()", "sml_models()", "sml_partial_correlation()", "sml_pca()",
		"sml_predict()", "sml_quantile()", "sml_s3", "sml_score", "sml_score()", "sml_threshold", "sml_ttest()", "sml_univariate()", "sml_vif()", "sml_ztest()",
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("registered are\n%v, want\n%v", got, want)
	}
	readme, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range want {
		if !strings.Contains(string(readme), "`"+name+"`") {
			t.Errorf("README.md does not name `%s`", name)
		}
	}
}
