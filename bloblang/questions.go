package bloblang

// compared says how the arguments of a test name its two samples.
const compared = " Name the second sample: either `versus`, a second attribute, or `given`, a categorical or binary attribute, with two of its `values`."

// askings lists the functions that ask a question.
func askings() []function {
	return []function{
		asking{question: "univariate", example: `root.mean = sml_univariate("plant", "temperature").mean`,
			about: "Everything that is known about one attribute: `count` and `missing`. For numbers also `mean`, `variance` (n - 1), `stddev`, `stderr`, `skewness`, `kurtosis` (excess), `min`, `max`, `median`, `ci95`. For categories also `values` (the count of each), `other`, `distinct` (the number of different values) and `other_top` (the most frequent values beyond `max_categories`). A number that is not defined is null."}.function("sml_univariate"),
		asking{question: "quantile", example: `root.slow = this.temperature > sml_quantile("plant", "temperature", 0.99)`,
			about: "A quantile of an attribute, as a number, from the attribute's histogram. Null while there are no values."}.function("sml_quantile"),
		asking{question: "cdf", example: `root.rank = sml_cdf("plant", "temperature", this.temperature)`,
			about: "The share of the values of an attribute that are at most `x`, as a number, from the attribute's histogram. Null while there are no values."}.function("sml_cdf"),
		asking{question: "bivariate", example: `root.by_machine = sml_bivariate("plant", "machine", "temperature").conditional`,
			about: "What is known about two attributes together, over the rows that have both. For two numbers: `count`, the means, `covariance`, `correlation` with `correlation_p`, `correlation_low` and `correlation_high`. For a number and a category: `conditional`, with `count`, `mean`, `variance`, `stddev`, `sum`, `ci95`, `ci95_low` and `ci95_high` for each category. For two categories: the contingency `counts`."}.function("sml_bivariate"),
		asking{question: "correlation", example: `root.r = sml_correlation("plant", "temperature", "pressure")`,
			about: "The Pearson correlation of two numeric attributes, as a number, over the rows that have both. Null when one of them is constant."}.function("sml_correlation"),
		asking{question: "partial_correlation", example: `root.r = sml_partial_correlation("plant", "temperature", "pressure", ["vibration"]).correlation`,
			about: "The `correlation` of two numeric attributes without the linear influence of others, and its test: `t`, `df`, `p`, and the `count` of `rows`."}.function("sml_partial_correlation"),
		asking{question: "ttest", example: `root.differ = sml_ttest(project: "plant", attribute: "temperature", given: "machine", values: ["m1", "m2"]).p < 0.01`,
			about: "Student's test of means: `t`, `df`, `p`, `difference`, `stderr`, `ci95_low` and `ci95_high` of Welch's test, and under `pooled` the same for equal variances." + compared + " With `mu`, the mean is compared with that value. With `paired`, the two attributes are compared within rows."}.function("sml_ttest"),
		asking{question: "ztest", example: `root.shifted = sml_ztest(project: "plant", attribute: "temperature", mu: 70, sigma: 5).p < 0.01`,
			about: "Test of two means by the normal distribution, or with `proportions` of two proportions of ones: `z`, `p`, `difference`, `stderr`." + compared + " With `mu`, one sample is compared with that value."}.function("sml_ztest"),
		asking{question: "ftest", example: `root.ratio = sml_ftest("plant", "temperature", "pressure").f`,
			about: "Test of variances: `f`, `df1`, `df2`, `p`." + compared + " With `sigma`, the variance is compared with the square of `sigma`, and the answer has `chi_square`."}.function("sml_ftest"),
		asking{question: "anova", example: `root.matters = sml_anova("plant", "temperature", "machine").p < 0.01`,
			about: "One-way analysis of variance. The groups are the values of `by`, several binary `targets`, or several `attributes`. The answer has `f`, `p`, the sums of squares `ss_between`, `ss_within`, `ss_total`, their `df_` and `ms_`, `eta_squared`, `omega_squared` and the `groups`."}.function("sml_anova"),
		asking{question: "chi2", example: `root.v = sml_chi2("plant", "machine", "alarm").cramers_v`,
			about: "Pearson's test of independence of two categorical or binary attributes: `chi_square`, `df`, `p`, `cramers_v`, `contingency_coefficient`, `min_expected` and the `observed` and `expected` counts."}.function("sml_chi2"),
		asking{question: "gain", example: `root.gain = sml_gain("plant", "machine", "alarm").gain`,
			about: "Information gain of an attribute about a target: `gain`, `entropy`, `conditional_entropy` in bits, `gain_ratio`. `method` is `counts` when the answer is exact. It is `normal` when a continuous attribute is assumed to be normal given each value of the other attribute."}.function("sml_gain"),
		asking{question: "vif", example: `root.inflated = sml_vif("plant").vif`,
			about: "Variance inflation factors of numeric attributes among each other: `vif` by name. It is null for the attributes under `dependent` and `constant`."}.function("sml_vif"),
		asking{question: "pca", example: `root.first = sml_pca(project: "plant", components: 1).components.index(0).share`,
			about: "Principal components of numeric attributes: `components` with `variance`, `share`, `cumulative` and `direction`, in the order of `attributes`."}.function("sml_pca"),
		asking{question: "density", example: `root.histogram = sml_density("plant", "temperature", 10).histogram`,
			about: "Histogram of a numeric attribute in cells of one `width` from `min` to `max`: the counts `histogram`, the probability `density`, and how many values are `below` and `above`."}.function("sml_density"),
		asking{question: "heavy_hitters", example: `root.top = sml_heavy_hitters("plant", "machine", 3).values`,
			about: "The most frequent values of a categorical attribute or list: `values` with `value`, `count` and `error`. The true count is between `count` and `count` + `error`."}.function("sml_heavy_hitters"),
	}
}
