"""Reference values for the regressions of package model.

Needs numpy, scikit-learn and statsmodels (made with numpy 2.4.6, scikit-learn
1.9.1, statsmodels 0.15.0). Reads the data sets in ../shared/data/classic. Run
from the root of the repository:

    python tools/reference/regression.py > model/regression/testdata/regression.json

Each set is fitted to all of its training rows; sets that came in parts have
test rows, on which R2 is computed.
"""

import csv
import gzip
import json
import sys

import numpy as np
import statsmodels.api as sm
from sklearn.cross_decomposition import PLSRegression
from sklearn.decomposition import PCA
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, Ridge
from statsmodels.stats.outliers_influence import variance_inflation_factor

CLASSIC = "../shared/data/classic/"
PARTS = CLASSIC + "symetryml/regression/"


def read(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt") as f:
        return list(csv.DictReader(f))


SETS = [
    {"name": "diabetes", "train": [CLASSIC + "diabetes.csv"], "target": "progression", "drop": []},
    {"name": "iris", "train": [CLASSIC + "iris.csv"], "target": "petal_width", "drop": [], "categorical": "species"},
    {"name": "housing", "train": [PARTS + f"housing/fed3/housing{i}.csv" for i in (1, 2, 3)],
     "test": PARTS + "housing/fed3/housing_test.csv", "target": "MEDV", "drop": []},
    {"name": "realEstate", "train": [PARTS + f"realEstate/fed3/train{i}_re.csv" for i in (1, 2, 3)],
     "test": PARTS + "realEstate/fed3/test_all.csv", "target": "Y_house_price_of_unit_area", "drop": ["No"]},
    # without the column that is the sum of Saturday and Sunday
    {"name": "steel", "train": [PARTS + f"SteelIndustry/fed5/steel{i}_onehot.csv" + ("" if i < 3 else ".gz") for i in range(1, 6)],
     "test": PARTS + "SteelIndustry/fed5/steel_test.csv.gz", "target": "Usage_kWh", "drop": ["date", "WeekStatus_Weekend"]},
]


def design(rows, s, full):
    """Columns, names and target; a categorical column has indicators, of all
    values or of all but the first."""
    names = [k for k in rows[0] if k != s["target"] and k not in s["drop"] and k != s.get("categorical")]
    columns = [[float(r[k]) for r in rows] for k in names]
    if "categorical" in s:
        c = s["categorical"]
        values = list(dict.fromkeys(r[c] for r in rows))
        for v in values[0 if full else 1:]:
            names.append(f"{c}={v}")
            columns.append([float(r[c] == v) for r in rows])
    return np.array(columns).T, names, np.array([float(r[s["target"]]) for r in rows])


def linear(model, names):
    coef = np.ravel(model.coef_)
    return {"intercept": float(np.ravel(model.intercept_)[0]), "coefficients": dict(zip(names, coef.tolist()))}


def ols(x, y, names):
    # on standardised columns, as statsmodels loses digits on others
    unit = x.std(axis=0)
    exog = sm.add_constant((x - x.mean(axis=0)) / unit)
    fit = sm.OLS(y, exog).fit()
    raw = sm.OLS(y, sm.add_constant(x)).fit()
    ci = fit.conf_int(0.05)
    n, k = len(y), x.shape[1] + 1
    ahead = fit.get_prediction(exog[:3]).summary_frame(alpha=0.1)
    return {
        "names": names,
        "estimate": (fit.params[1:] / unit).tolist(), "std_error": (fit.bse[1:] / unit).tolist(), "t": fit.tvalues[1:].tolist(),
        "p": fit.pvalues[1:].tolist(), "low": (ci[1:, 0] / unit).tolist(), "high": (ci[1:, 1] / unit).tolist(),
        "vif": [variance_inflation_factor(exog, i + 1) for i in range(x.shape[1])],
        "intercept": float(raw.params[0]), "intercept_error": float(raw.bse[0]),
        "r2": fit.rsquared, "adjusted_r2": fit.rsquared_adj, "f": fit.fvalue, "f_p": fit.f_pvalue,
        "aic": fit.aic, "bic": fit.bic, "aicc": fit.aic + 2 * k * (k + 1) / (n - k - 1),
        "sigma": float(np.sqrt(fit.mse_resid)), "log_likelihood": fit.llf,
        "prediction": ahead["mean"].tolist(),
        "confidence_low": ahead["mean_ci_lower"].tolist(), "confidence_high": ahead["mean_ci_upper"].tolist(),
        "prediction_low": ahead["obs_ci_lower"].tolist(), "prediction_high": ahead["obs_ci_upper"].tolist(),
    }


def pcr(x, y, q, names):
    spread = x.std(axis=0)
    z = (x - x.mean(axis=0)) / spread
    pca = PCA(n_components=q, svd_solver="full").fit(z)
    fit = LinearRegression().fit(pca.transform(z), y)
    coef = (pca.components_.T @ fit.coef_) / spread
    return {"intercept": float(y.mean() - coef @ x.mean(axis=0)), "coefficients": dict(zip(names, coef.tolist()))}


out = {}
for s in SETS:
    rows = [r for path in s["train"] for r in read(path)]
    x, names, y = design(rows, s, False)
    full, full_names, _ = design(rows, s, True)
    entry = {
        "name": s["name"], "target": s["target"], "drop": s["drop"], "rows": len(rows), "ols": ols(x, y, names), "fits": [],
        "train": [p.split("data/", 1)[1] for p in s["train"]], "test": s.get("test", "data/").split("data/", 1)[1],
        "categorical": s.get("categorical", ""),
    }
    if "test" in s:
        xt, _, yt = design(read(s["test"]), s, False)
        # standardised, as scikit-learn 1.9 drops small singular values
        fit = LinearRegression().fit((x - x.mean(axis=0)) / x.std(axis=0), y)
        entry["test_r2"] = fit.score((xt - x.mean(axis=0)) / x.std(axis=0), yt)
    spread = full.std(axis=0)
    z = full / spread

    def fitted(kind, options, model, standardized=False):
        fit = linear(model.fit(z if standardized else full, y), full_names)
        if standardized:
            fit["coefficients"] = {k: v / u for (k, v), u in zip(fit["coefficients"].items(), spread.tolist())}
        entry["fits"].append({"type": kind, "options": options, **fit})

    exact = {"tol": 1e-13, "max_iter": 100_000, "precompute": True}
    scale = float(y.std())
    for alpha in (0.1, 10.0):
        fitted("ridge", {"lambda": alpha}, Ridge(alpha=alpha, solver="cholesky"))
    fitted("ridge", {"lambda": 5.0, "standardize": True}, Ridge(alpha=5.0, solver="cholesky"), True)
    for share in (0.02, 0.2):
        fitted("lasso", {"lambda": share * scale, "standardize": True}, Lasso(alpha=share * scale, **exact), True)
        fitted("elastic_net", {"lambda": share * scale, "eta": 0.4, "standardize": True},
               ElasticNet(alpha=share * scale, l1_ratio=0.4, **exact), True)
    fitted("lasso", {"lambda": 0.05}, Lasso(alpha=0.05, **exact))
    fitted("elastic_net", {"lambda": 0.3, "eta": 0.7}, ElasticNet(alpha=0.3, l1_ratio=0.7, **exact))
    for q in (1, 3):
        model = PLSRegression(n_components=q, scale=True, tol=1e-14, max_iter=100000).fit(full, y)
        coef = np.ravel(model.coef_)
        entry["fits"].append({"type": "pls", "options": {"q": q}, "intercept": float(y.mean() - coef @ full.mean(axis=0)),
                              "coefficients": dict(zip(full_names, coef.tolist()))})
        entry["fits"].append({"type": "pcr", "options": {"q": q}, **pcr(full, y, q, full_names)})
    out[s["name"]] = entry

json.dump(list(out.values()), sys.stdout, indent=1)
