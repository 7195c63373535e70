"""Reference values for package drift.

Needs numpy and scipy (made with scipy 1.17.1). Run from the root of the repository:

    python tools/reference/drift.py > drift/testdata/reference.json

Numbers have at most 400 different values, so that histograms keep each of them.
"""

import json
import warnings

import numpy as np
from scipy import spatial, special, stats

warnings.simplefilter("ignore")

NUMBERS = {
    "the same normal": lambda r: (r.normal(0, 1, 150), r.normal(0, 1, 90)),
    "a shift": lambda r: (r.normal(0, 1, 120), r.normal(0.4, 1, 160)),
    "a spread": lambda r: (r.normal(5, 1, 200), r.normal(5, 1.6, 180)),
    "heavy tails": lambda r: (r.standard_t(2, 170), r.standard_t(2, 150) * 1.3),
    "counts": lambda r: (r.poisson(1.0, 190), r.poisson(1.4, 210)),
    "few values": lambda r: (r.integers(0, 3, 60), r.integers(0, 4, 80)),
    "two values": lambda r: (r.integers(2, 4, 30), r.integers(2, 4, 25)),
    "apart": lambda r: (r.normal(-50, 1, 40), r.normal(50, 3, 40)),
    "large and close": lambda r: (1e6 + r.normal(0, 1, 100), 1e6 + r.normal(0.3, 1, 100)),
    "small samples": lambda r: (r.normal(0, 1, 6), r.normal(1, 2, 5)),
    "negative and positive": lambda r: (r.exponential(2, 130) - 3, r.exponential(3, 120) - 3),
}

SHARES = {
    "the same": ([500, 300, 200], [260, 140, 100]),
    "a shift": ([500, 300, 200], [200, 200, 100]),
    "many": ([80, 70, 60, 50, 40, 30, 20, 15], [20, 30, 40, 35, 45, 50, 25, 35]),
    "a new value": ([100, 120, 0], [60, 80, 40]),
    "two": ([950, 50], [420, 80]),
}


def numbers(name, draw, seed):
    x, y = draw(np.random.default_rng(seed))
    x, y = (np.round(np.asarray(v, float) * 256) / 256 for v in (x, y))
    n, m = len(x), len(y)
    # differences of means do not depend on the origin, but their digits do
    origin = np.round(x[0])
    fx, fy = x, y
    x, y = x - origin, y - origin
    assert len(np.unique(np.concatenate([x, y]))) <= 400, name
    welch = stats.ttest_ind(y, x, equal_var=False)
    ox, oy = stats.obrientransform(x, y)
    obrien = stats.ttest_ind(oy, ox, equal_var=False)
    u = stats.mannwhitneyu(y, x, use_continuity=False, method="asymptotic", alternative="greater")
    mood = stats.mood(y, x)
    d = stats.ks_2samp(x, y, method="asymp").statistic
    anderson = stats.anderson_ksamp([x, y], midrank=True)
    values = np.unique(np.concatenate([x, y]))
    p = [np.mean(x == v) for v in values]
    q = [np.mean(y == v) for v in values]
    pooled = np.sqrt(((x - x.mean()) ** 2).sum() + ((y - y.mean()) ** 2).sum()) / np.sqrt(n + m - 2)
    return {
        "name": name, "reference": list(fx), "recent": list(fy),
        "tests": {
            "welch": [welch.statistic, welch.df, welch.pvalue],
            "obrien": [obrien.statistic, obrien.df, obrien.pvalue],
            "wilcoxon": [float(stats.norm.isf(u.pvalue)), None, None],
            "mood": [mood.statistic, None, mood.pvalue],
            "kolmogorov_smirnov": [d, None, float(special.kolmogorov(np.sqrt(n * m / (n + m)) * d))],
            "anderson_darling": [anderson.statistic, None, None],
        },
        "effects": {
            "wasserstein": stats.wasserstein_distance(x, y),
            "jensen_shannon": spatial.distance.jensenshannon(p, q, base=2) ** 2,
            "mean_shift": (y.mean() - x.mean()) / pooled,
            "stddev_ratio": y.std(ddof=1) / x.std(ddof=1),
        },
    }


def shares(name, x, y):
    test = stats.chi2_contingency([x, y], correction=False)
    p, q = np.array(x) / sum(x), np.array(y) / sum(y)
    k = len(x)
    a, b = (np.array(x) + 0.5) / (sum(x) + k / 2), (np.array(y) + 0.5) / (sum(y) + k / 2)
    return {
        "name": name, "reference": x, "recent": y,
        "tests": {"chi_square": [test.statistic, test.dof, test.pvalue]},
        "effects": {
            "jensen_shannon": spatial.distance.jensenshannon(p, q, base=2) ** 2,
            "psi": float(((b - a) * np.log(b / a)).sum()),
        },
    }


print(json.dumps({
    "numbers": [numbers(name, draw, i) for i, (name, draw) in enumerate(NUMBERS.items())],
    "shares": [shares(name, *rows) for name, rows in SHARES.items()],
}, indent=None))
