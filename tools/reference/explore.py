"""Reference values for the questions of package explore.

Needs numpy, scipy, pandas and statsmodels (made with numpy 2.4.6, scipy
1.17.1, pandas 3.1.1, statsmodels 0.15.0).
Run from the root of the repository, with the folder of larger data sets beside it:

    python tools/reference/explore.py ../shared/data > explore/testdata/questions.json

Each case is a question, its arguments and numbers by their path in the answer.
"""

import itertools
import json
import sys

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.outliers_influence import variance_inflation_factor
from statsmodels.stats.proportion import proportions_ztest
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW, ztest

root = sys.argv[1]
iris = pd.read_csv(f"{root}/classic/iris.csv")
iris["wide"] = (iris.sepal_width > 3).astype(int)
iris["long"] = (iris.petal_length > 4.35).astype(int)
iris["big"] = np.where(iris.sepal_length > 5.8, "big", "small")
bank = pd.read_csv(f"{root}/classic/symetryml/train_bank_BinaryHotEncode.csv.gz")
shuttle = pd.read_csv(f"{root}/shuttle.csv.gz")
shuttle["class"] = "c" + shuttle["class"].astype(str)
frames = {"iris": iris, "bank": bank, "shuttle": shuttle}

cases = []


def case(data, question, args, **expected):
    flat = {}
    for path, value in expected.items():
        flat[path.replace("__", ".")] = None if value is None else float(value)
    cases.append({"data": data, "question": question, "args": args, "expected": flat})


def paths(prefix, values):
    return {f"{prefix}__{i}": v for i, v in enumerate(values)}


def univariate(data, name):
    # attributes of so few distinct values that the histogram is exact
    x = frames[data][name].to_numpy(float)
    half = stats.t.ppf(0.975, len(x) - 1) * stats.sem(x)
    case(data, "univariate", {"attribute": name}, count=len(x), mean=x.mean(), variance=x.var(ddof=1), stddev=x.std(ddof=1), stderr=stats.sem(x),
         skewness=stats.skew(x), kurtosis=stats.kurtosis(x), min=x.min(), max=x.max(), median=np.median(x), ci95=half)
    case(data, "quantile", {"attribute": name, "q": 0.9}, **{"": np.quantile(x, 0.9)})
    at = float(np.quantile(x, 0.3))
    case(data, "cdf", {"attribute": name, "x": at}, **{"": (x <= at).mean()})


def bivariate(data, a, b):
    x, y = frames[data][a].to_numpy(float), frames[data][b].to_numpy(float)
    r = stats.pearsonr(x, y)
    ci = r.confidence_interval(0.95)
    case(data, "bivariate", {"a": a, "b": b}, count=len(x), mean_a=x.mean(), mean_b=y.mean(), covariance=np.cov(x, y)[0, 1], correlation=r.statistic,
         correlation_p=r.pvalue, correlation_low=ci.low, correlation_high=ci.high)


def conditional(data, a, by):
    expected = {}
    for value, x in frames[data].groupby(by)[a]:
        half = stats.t.ppf(0.975, len(x) - 1) * stats.sem(x)
        expected |= {f"conditional__{value}__{k}": v for k, v in dict(count=len(x), mean=x.mean(), variance=x.var(), stddev=x.std(), sum=x.sum(), ci95=half, ci95_low=x.mean() - half, ci95_high=x.mean() + half).items()}
    case(data, "bivariate", {"a": by, "b": a}, **expected)


def tests(data, args, x, y):
    x, y = np.asarray(x, float), np.asarray(y, float)
    for alternative in ["two-sided", "less", "greater"]:
        a = args | {"alternative": alternative}
        pooled, welch = (stats.ttest_ind(x, y, equal_var=e, alternative=alternative) for e in (True, False))
        cp, cw = (stats.ttest_ind(x, y, equal_var=e).confidence_interval(0.95) for e in (True, False))
        case(data, "ttest", a, t=welch.statistic, df=welch.df, p=welch.pvalue, ci95_low=cw.low, ci95_high=cw.high, difference=x.mean() - y.mean(),
             pooled__t=pooled.statistic, pooled__df=pooled.df, pooled__p=pooled.pvalue, pooled__ci95_low=cp.low, pooled__ci95_high=cp.high,
             samples__0__mean=x.mean(), samples__1__stddev=y.std(ddof=1), samples__0__count=len(x))
        z, p = CompareMeans(DescrStatsW(x), DescrStatsW(y)).ztest_ind({"two-sided": "two-sided", "less": "smaller", "greater": "larger"}[alternative], usevar="unequal")
        p = {"two-sided": 2 * stats.norm.sf(abs(z)), "less": stats.norm.cdf(z), "greater": stats.norm.sf(z)}[alternative]
        case(data, "ztest", a, z=z, p=p)
        f, d1, d2 = x.var(ddof=1) / y.var(ddof=1), len(x) - 1, len(y) - 1
        lower, upper = stats.f.cdf(f, d1, d2), stats.f.sf(f, d1, d2)
        case(data, "ftest", a, f=f, df1=d1, df2=d2, p={"two-sided": min(1, 2 * min(lower, upper)), "less": lower, "greater": upper}[alternative])


def one_sample(data, name, mu, sigma):
    x = frames[data][name].to_numpy(float)
    for alternative in ["two-sided", "less", "greater"]:
        a = {"attribute": name, "alternative": alternative}
        t = stats.ttest_1samp(x, mu, alternative=alternative)
        ci = stats.ttest_1samp(x, mu).confidence_interval(0.95)
        case(data, "ttest", a | {"mu": mu}, t=t.statistic, df=t.df, p=t.pvalue, ci95_low=ci.low - mu, ci95_high=ci.high - mu)
        z, p = ztest(x, value=mu, alternative={"two-sided": "two-sided", "less": "smaller", "greater": "larger"}[alternative])
        case(data, "ztest", a | {"mu": mu}, z=z, p=p)
        z = (x.mean() - mu) / (sigma / np.sqrt(len(x)))
        case(data, "ztest", a | {"mu": mu, "sigma": sigma}, z=z, p={"two-sided": 2 * stats.norm.sf(abs(z)), "less": stats.norm.cdf(z), "greater": stats.norm.sf(z)}[alternative])
        df = len(x) - 1
        chi = df * x.var(ddof=1) / sigma**2
        lower, upper = stats.chi2.cdf(chi, df), stats.chi2.sf(chi, df)
        case(data, "ftest", a | {"sigma": sigma}, f=chi / df, chi_square=chi, p={"two-sided": min(1, 2 * min(lower, upper)), "less": lower, "greater": upper}[alternative])


def paired(data, a, b):
    frame = frames[data]
    t = stats.ttest_rel(frame[a], frame[b])
    ci = t.confidence_interval(0.95)
    case(data, "ttest", {"attribute": a, "versus": b, "paired": True}, t=t.statistic, df=t.df, p=t.pvalue, ci95_low=ci.low, ci95_high=ci.high)


def anova(data, args, samples):
    samples = [np.asarray(x, float) for x in samples]
    f = stats.f_oneway(*samples)
    everything = np.concatenate(samples)
    between = sum(len(x) * (x.mean() - everything.mean()) ** 2 for x in samples)
    within = sum(((x - x.mean()) ** 2).sum() for x in samples)
    df1, df2 = len(samples) - 1, len(everything) - len(samples)
    case(data, "anova", args, f=f.statistic, p=f.pvalue, ss_between=between, ss_within=within, ss_total=between + within, df_between=df1, df_within=df2,
         ms_between=between / df1, ms_within=within / df2, eta_squared=between / (between + within),
         omega_squared=(between - df1 * within / df2) / (between + within + within / df2))


def chi2(data, a, b):
    table = pd.crosstab(frames[data][a], frames[data][b])
    for yates in [False, True]:
        r = stats.chi2_contingency(table, correction=yates)
        plain = stats.chi2_contingency(table, correction=False).statistic
        n = table.to_numpy().sum()
        expected = {f"observed__{i}__{j}": table.loc[i, j] for i in table.index for j in table.columns if table.loc[i, j] > 0}
        expected |= {f"expected__{i}__{j}": r.expected_freq[k, m] for k, i in enumerate(table.index) for m, j in enumerate(table.columns)}
        case(data, "chi2", {"a": a, "b": b, "yates": yates}, chi_square=r.statistic, df=r.dof, p=r.pvalue, min_expected=r.expected_freq.min(),
             cramers_v=stats.contingency.association(table, "cramer"), contingency_coefficient=stats.contingency.association(table, "pearson"), count=n, **expected)
        assert np.isclose(stats.contingency.association(table, "cramer") ** 2, plain / n / (min(table.shape) - 1))


def gain(data, a, target):
    frame = frames[data]
    h = stats.entropy(frame[target].value_counts(), base=2)
    given = sum(len(g) / len(frame) * stats.entropy(g[target].value_counts(), base=2) for _, g in frame.groupby(a))
    case(data, "gain", {"attribute": a, "target": target}, gain=h - given, entropy=h, conditional_entropy=given, gain_ratio=(h - given) / stats.entropy(frame[a].value_counts(), base=2))


def gain_normal(data, a, target):
    frame = frames[data]
    from scipy.integrate import quad
    groups = [(len(g) / len(frame), g[a].mean(), g[a].std()) for _, g in frame.groupby(target)]
    total = 0.0
    for w, m, s in groups:
        def f(x, w=w, m=m, s=s):
            logs = [np.log(v) + stats.norm.logpdf(x, *q) for v, *q in groups]
            return stats.norm.pdf(x, m, s) * (np.logaddexp.reduce(logs) - np.log(w) - stats.norm.logpdf(x, m, s)) / np.log(2)
        total += w * quad(f, m - 10 * s, m + 10 * s, epsabs=1e-14, epsrel=1e-13, limit=500, points=[m])[0]
    h = stats.entropy([g[0] for g in groups], base=2)
    case(data, "gain", {"attribute": a, "target": target}, gain=h - total, entropy=h, conditional_entropy=total)


def matrices(data, names):
    frame = frames[data][names].astype(float)
    n = len(frame)
    r, c = np.corrcoef(frame.T), np.cov(frame.T)
    case(data, "correlation_matrix", {"attributes": names}, **{f"values__{i}__{j}": r[i, j] for i, j in itertools.product(range(len(names)), repeat=2)})
    case(data, "covariance_matrix", {"attributes": names}, **{f"values__{i}__{j}": c[i, j] for i, j in itertools.product(range(len(names)), repeat=2)})
    standard = (frame - frame.mean()) / frame.std()
    design = np.column_stack([np.ones(n), standard])
    case(data, "vif", {"attributes": names}, count=n, **{f"vif__{name}": variance_inflation_factor(design, i + 1) for i, name in enumerate(names)})
    inverse = np.linalg.inv(c)
    scale = np.sqrt(np.diag(inverse))
    case(data, "partial_correlation_matrix", {"attributes": names}, **{f"values__{i}__{j}": 1 if i == j else -inverse[i, j] / scale[i] / scale[j] for i, j in itertools.product(range(len(names)), repeat=2)},
         **{f"precision__{i}__{i}": inverse[i, i] for i in range(len(names))})
    others = np.column_stack([np.ones(n), standard[names[2:]]])
    left = [standard[x] - others @ np.linalg.lstsq(others, standard[x], rcond=None)[0] for x in names[:2]]
    p = np.corrcoef(left)[0, 1]
    df = n - len(names)
    t = p * np.sqrt(df / (1 - p * p))
    case(data, "partial_correlation", {"a": names[0], "b": names[1], "given": names[2:]}, correlation=p, t=t, df=df, p=2 * stats.t.sf(abs(t), df))
    for matrix, table in [("correlation", standard), ("covariance", frame - frame.mean())]:
        _, s, v = np.linalg.svd(table, full_matrices=False)
        v *= np.sign(v[np.arange(len(v)), np.abs(v).argmax(1)])[:, None]
        variance = s**2 / (n - 1)
        expected = {}
        for k in range(len(names)):
            expected |= {f"components__{k}__variance": variance[k], f"components__{k}__share": variance[k] / variance.sum(), f"components__{k}__cumulative": variance[: k + 1].sum() / variance.sum()}
            expected |= {f"components__{k}__direction__{i}": v[k, i] for i in range(len(names))}
        case(data, "pca", {"attributes": names, "matrix": matrix}, **expected)
        case(data, "svd", {"attributes": names, "matrix": matrix}, rank=len(names), condition=s[0] / s[-1], **{f"values__{k}__value": s[k] for k in range(len(names))})


def density(data, name, bins):
    x = frames[data][name].to_numpy(float)
    h, edges = np.histogram(x, bins)
    d, _ = np.histogram(x, bins, density=True)
    case(data, "density", {"attribute": name, "bins": bins}, width=edges[1] - edges[0], **paths("histogram", h), **paths("density", d))


for name in ["sepal_length", "petal_width"]:
    univariate("iris", name)
for data, name in [("bank", "age"), ("bank", "day"), ("shuttle", "s1"), ("shuttle", "s9")]:
    univariate(data, name)
bivariate("iris", "sepal_length", "sepal_width")
bivariate("iris", "petal_length", "petal_width")
bivariate("bank", "age", "balance")
bivariate("shuttle", "s1", "s7")
bivariate("iris", "wide", "long")
conditional("iris", "sepal_length", "species")
conditional("iris", "wide", "species")
conditional("iris", "sepal_length", "wide")
conditional("bank", "balance", "target")
conditional("shuttle", "s1", "class")

by = {k: g for k, g in iris.groupby("species")}
tests("iris", {"attribute": "sepal_length", "versus": "petal_length"}, iris.sepal_length, iris.petal_length)
tests("iris", {"attribute": "sepal_width", "given": "species", "values": ["versicolor", "virginica"]}, by["versicolor"].sepal_width, by["virginica"].sepal_width)
tests("iris", {"attribute": "petal_width", "given": "species", "values": ["setosa", "virginica"]}, by["setosa"].petal_width, by["virginica"].petal_width)
tests("iris", {"attribute": "sepal_length", "given": "big"}, iris.sepal_length[iris.big == "small"], iris.sepal_length[iris.big == "big"])
tests("iris", {"attribute": "sepal_length", "given": "wide"}, iris.sepal_length[iris.wide == 0], iris.sepal_length[iris.wide == 1])
tests("iris", {"attribute": "petal_length", "given": "wide", "and_given": "long"}, iris.petal_length[iris.wide == 1], iris.petal_length[iris.long == 1])
tests("bank", {"attribute": "age", "given": "target"}, bank.age[bank.target == 0], bank.age[bank.target == 1])
tests("bank", {"attribute": "day", "given": "housing_yes"}, bank.day[bank.housing_yes == 0], bank.day[bank.housing_yes == 1])
tests("shuttle", {"attribute": "s1", "given": "class", "values": ["c1", "c4"]}, shuttle.s1[shuttle["class"] == "c1"], shuttle.s1[shuttle["class"] == "c4"])
tests("shuttle", {"attribute": "s2", "given": "class", "values": ["c6", "c7"]}, shuttle.s2[shuttle["class"] == "c6"], shuttle.s2[shuttle["class"] == "c7"])
tests("shuttle", {"attribute": "s3", "versus": "s7"}, shuttle.s3, shuttle.s7)
one_sample("iris", "sepal_length", 5.8, 0.8)
one_sample("iris", "petal_length", 5.0, 2.0)
one_sample("bank", "age", 41, 10.5)
one_sample("shuttle", "s1", 48.2, 12.2)
paired("iris", "sepal_length", "petal_length")
paired("iris", "wide", "long")
paired("shuttle", "s4", "s6")

for alternative, side in [("two-sided", "two-sided"), ("less", "smaller"), ("greater", "larger")]:
    a, b = iris.wide[iris.species == "setosa"], iris.wide[iris.species == "virginica"]
    z, p = proportions_ztest([a.sum(), b.sum()], [len(a), len(b)], alternative=side)
    case("iris", "ztest", {"attribute": "wide", "given": "species", "values": ["setosa", "virginica"], "proportions": True, "alternative": alternative}, z=z, p=p)
    a, b = bank.housing_yes[bank.target == 0], bank.housing_yes[bank.target == 1]
    z, p = proportions_ztest([a.sum(), b.sum()], [len(a), len(b)], alternative=side)
    case("bank", "ztest", {"attribute": "housing_yes", "given": "target", "proportions": True, "alternative": alternative}, z=z, p=p)
    z, p = proportions_ztest(iris.wide.sum(), len(iris), 0.4, alternative=side, prop_var=0.4)
    case("iris", "ztest", {"attribute": "wide", "mu": 0.4, "proportions": True, "alternative": alternative}, z=z, p=p)

anova("iris", {"attribute": "sepal_width", "by": "species"}, [g.sepal_width for g in by.values()])
anova("iris", {"attribute": "sepal_length", "by": "wide"}, [iris.sepal_length[iris.wide == v] for v in (0, 1)])
anova("iris", {"attribute": "wide", "by": "long"}, [iris.wide[iris.long == v] for v in (0, 1)])
anova("iris", {"attributes": ["sepal_length", "sepal_width", "petal_length"]}, [iris.sepal_length, iris.sepal_width, iris.petal_length])
marital = ["marital_divorced", "marital_married", "marital_single"]
anova("bank", {"attribute": "balance", "targets": marital}, [bank.balance[bank[m] == 1] for m in marital])
anova("bank", {"attribute": "day", "targets": marital}, [bank.day[bank[m] == 1] for m in marital])
anova("shuttle", {"attribute": "s6", "by": "class"}, [g for _, g in shuttle.groupby("class").s6])

chi2("iris", "species", "big")
chi2("iris", "wide", "species")
chi2("iris", "wide", "long")
chi2("bank", "target", "housing_yes")
chi2("bank", "loan_yes", "marital_single")
gain("iris", "big", "species")
gain("iris", "wide", "species")
gain("iris", "species", "wide")
gain("bank", "poutcome_success", "target")
gain_normal("iris", "sepal_width", "species")
gain_normal("iris", "petal_length", "species")
gain_normal("bank", "age", "target")
r = np.corrcoef(iris.sepal_length, iris.petal_length)[0, 1]
case("iris", "gain", {"attribute": "sepal_length", "target": "petal_length"}, gain=-0.5 * np.log2(1 - r * r))
matrices("iris", ["sepal_length", "sepal_width", "petal_length", "petal_width"])
matrices("bank", ["age", "balance", "day", "duration", "campaign", "pdays", "previous", "target"])
matrices("shuttle", ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9"])
density("iris", "sepal_length", 10)
density("iris", "petal_width", 7)
density("bank", "age", 20)
density("shuttle", "s1", 13)

json.dump(cases, sys.stdout, indent=None, separators=(",", ":"))
print()
