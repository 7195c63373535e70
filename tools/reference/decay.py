"""Reference values for statistics whose rows lose weight with age.

Needs numpy, pandas, scipy and statsmodels (made with numpy 2.4.6, pandas 3.1.1, scipy
1.17.1, statsmodels 0.15.0). Run from the root of the repository:

    python tools/reference/decay.py questions > explore/testdata/decay.json
    python tools/reference/decay.py regression > model/regression/testdata/decay.json

Rows come at drawn times, the newest at any phase of the half-life. Means and
variances are those of pandas' ewm where it has them for the times (means
always, variances for even steps), else of the same formulas in numpy. Tests and
errors are those of (sum w)^2 / sum w^2 rows (Kish 1965): Student's t by scipy,
and weighted least squares by statsmodels with that many residual degrees of
freedom less the number of coefficients.
"""

import json
import sys

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

CASES = [
    {"name": "a row a second, before a multiple", "half_life": 100, "start": 0, "step": 1, "rows": 1100},
    {"name": "a row a second, after a multiple", "half_life": 100, "start": 0, "step": 1, "rows": 1101},
    {"name": "two rows", "half_life": 3600, "start": 1000, "step": 900, "rows": 2},
    {"name": "few rows, late phase", "half_life": 10, "start": 1.7e9 + 9.5, "step": 0.25, "rows": 12},
    {"name": "uneven, short half-life", "half_life": 7, "start": 1.7e9, "step": None, "rows": 200},
    {"name": "uneven, long half-life", "half_life": 5000, "start": 12345.678, "step": None, "rows": 60},
    {"name": "before 1970", "half_life": 60, "start": -100000.5, "step": None, "rows": 40},
]


def rows(case, seed):
    rng = np.random.default_rng(seed)
    n = case["rows"]
    steps = np.full(n, case["step"]) if case["step"] else rng.exponential(3, n)
    t = case["start"] + np.concatenate([[0], np.cumsum(steps)[:-1]])
    t = np.round(t * 1000).astype("int64")  # milliseconds
    x = np.round((20 + rng.normal(0, 3, n)) * 64) / 64
    y = np.round((5 - 2 * x + rng.normal(0, 4, n)) * 64) / 64
    return t, x, y


def weights(case, t):
    w = 0.5 ** ((t[-1] - t) / (1000 * case["half_life"]))
    return w, w.sum() ** 2 / (w**2).sum()


def pandas_moments(case, t, x, w, n):
    """The weighted mean and both variances, by pandas where it has them."""
    times = pd.to_datetime(t, unit="ms")
    mean = pd.Series(x).ewm(halflife=pd.Timedelta(seconds=case["half_life"]), times=times).mean().iloc[-1]
    biased = np.average((x - np.average(x, weights=w)) ** 2, weights=w)
    unbiased = biased * n / (n - 1)
    if case["step"]:
        ewm = pd.Series(x).ewm(halflife=case["half_life"] / case["step"])
        unbiased, biased = ewm.var(bias=False).iloc[-1], ewm.var(bias=True).iloc[-1]
    return mean, unbiased, biased


def questions(case, t, x, y):
    w, n = weights(case, t)
    mean, unbiased, biased = pandas_moments(case, t, x, w, n)
    mean_y, unbiased_y, _ = pandas_moments(case, t, y, w, n)
    stderr = np.sqrt(unbiased / n)
    cov = np.average((x - mean) * (y - mean_y), weights=w) * n / (n - 1)
    r = cov / np.sqrt(unbiased * unbiased_y)
    rt = r * np.sqrt((n - 2) / (1 - r * r)) if n > 2 else None
    return {
        "count": w.sum(), "effective": n, "mean": mean, "variance": unbiased, "variance_biased": biased,
        "stderr": stderr, "ci95": stderr * stats.t.ppf(0.975, n - 1),
        "t": (mean - 19) / stderr, "p": 2 * stats.t.sf(abs(mean - 19) / stderr, n - 1),
        "covariance": cov, "correlation": r,
        "correlation_p": None if rt is None else 2 * stats.t.sf(abs(rt), n - 2),
    }


def regression(case, t, x, y):
    w, n = weights(case, t)
    if n <= 4:
        return None
    model = sm.WLS(y, sm.add_constant(x), weights=w)
    model.df_resid = n - 2
    fit = model.fit()
    return {
        "effective": n, "coefficients": list(fit.params), "errors": list(fit.bse), "p": list(fit.pvalues),
        "sigma": float(np.sqrt(np.sum(w * fit.resid**2) / w.sum() * n / (n - 2))),
    }


def main(kind):
    out = []
    for i, case in enumerate(CASES):
        t, x, y = rows(case, i)
        want = {"questions": questions, "regression": regression}[kind](case, t, x, y)
        if want is not None:
            out.append({
                "name": case["name"], "half_life_ms": case["half_life"] * 1000,
                "times_ms": [int(v) for v in t], "x": list(x), "y": list(y), "want": want,
            })
    json.dump(out, sys.stdout, indent=None, separators=(",", ":"))
    print()


main(sys.argv[1])
