"""Reference values for the anomaly models of package model.

Needs numpy and scipy (made with the versions that the output names).
Run from the root of the repository:

    python tools/reference/anomaly.py > model/anomaly/testdata/anomaly.json
"""

import json

import numpy as np
import scipy
from scipy.stats import chi2, f

rng = np.random.default_rng(20261123)

# five correlated columns, one skewed, rows to score among and beyond them
n, p = 200, 5
mix = rng.normal(size=(p, p))
rows = rng.normal(size=(n, p)) @ mix + [10, -3, 0, 1000, 5]
rows[:, 2] = np.exp(rows[:, 2] / 4)
probe = np.vstack([rows[:5], rows.mean(0), rows.mean(0) + 3 * rows.std(0), rng.normal(size=(3, p)) * 5 + rows.mean(0)])

mean, cov = rows.mean(0), np.cov(rows.T, ddof=0)
d2 = np.einsum("ij,jk,ik->i", probe - mean, np.linalg.inv(cov), probe - mean)
p_hotelling = f.sf(d2 * (n - p) / (p * (n + 1)), p, n - p)

# without column 3: the distance among the others
keep = [0, 1, 2, 4]
part = probe[:, keep] - mean[keep]
d2_without = np.einsum("ij,jk,ik->i", part, np.linalg.inv(cov[np.ix_(keep, keep)]), part)

z = (probe - mean) / rows.std(0)
values, vectors = np.linalg.eigh(np.corrcoef(rows.T))
values, vectors = values[::-1], vectors[:, ::-1]
share = np.cumsum(values) / p
major = int(np.argmax(share >= 0.9 - 1e-12)) + 1
y = z @ vectors
t2 = (y[:, :major] ** 2 / values[:major]).sum(1)
spe = (y[:, major:] ** 2).sum(1)
g = (values[major:] ** 2).sum() / values[major:].sum()
h = values[major:].sum() ** 2 / (values[major:] ** 2).sum()

median = np.median(rows, 0)
mad = np.median(np.abs(rows - median), 0)

print(json.dumps({
    "made_with": f"numpy {np.__version__}, scipy {scipy.__version__}",
    "rows": rows.tolist(), "probe": probe.tolist(),
    "mahalanobis": d2.tolist(), "p_hotelling": p_hotelling.tolist(),
    "mahalanobis_without_3": d2_without.tolist(),
    "zscore": (z**2).sum(1).tolist(), "p_zscore": chi2.sf((z**2).sum(1), p).tolist(),
    "robust": (((probe - median) / (1.482602218505602 * mad)) ** 2).sum(1).tolist(),
    "t2": t2.tolist(), "p_t2": chi2.sf(t2, major).tolist(),
    "spe": spe.tolist(), "p_spe": chi2.sf(spe / g, h).tolist(),
}))
