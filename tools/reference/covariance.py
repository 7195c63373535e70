"""Reference values for the covariance estimators of package model.

Needs numpy and scikit-learn (made with numpy 2.4.6, scikit-learn 1.9.1). Reads
the data sets in ../shared/data/classic. Run from the root of the repository:

    python tools/reference/covariance.py > model/covariance/testdata/covariance.json

Each set is centred and divided by its standard deviations; "sample" is then its
covariance (n), "fourth" the mean of the fourth power of a row's length. OAS and
RBLW are those of the paper, written out here, beside scikit-learn's OAS.
"""

import csv
import json
import sys

import numpy as np
from sklearn.covariance import OAS, EmpiricalCovariance, LedoitWolf, ShrunkCovariance, graphical_lasso

CLASSIC = "../shared/data/classic/"


def read(name, columns):
    with open(CLASSIC + name) as f:
        rows = list(csv.DictReader(f))
    names = list(rows[0])[:columns]
    x = np.array([[float(r[k]) for k in names] for r in rows])
    return (x - x.mean(axis=0)) / x.std(axis=0)


def entry(name, settings, matrix, shrinkage=0.0):
    return {"name": name, "settings": settings, "shrinkage": shrinkage, "matrix": matrix.ravel().tolist()}


def mixture(s, rho):
    p = len(s)
    return (1 - rho) * s + rho * np.trace(s) / p * np.eye(p)


def estimates(x):
    n, p = x.shape
    s = EmpiricalCovariance(assume_centered=True).fit(x).covariance_
    t, q = np.trace(s), np.sum(s * s)
    rblw = min(((n - 2) / n * q + t * t) / ((n + 2) * (q - t * t / p)), 1)
    oas = min(((1 - 2 / p) * q + t * t) / ((n + 1 - 2 / p) * (q - t * t / p)), 1)
    out = [
        entry("empirical", {"estimator": "empirical"}, s),
        entry("shrunk", {"estimator": "identity_mixture", "alpha": 0.2}, ShrunkCovariance(assume_centered=True, shrinkage=0.2).fit(x).covariance_, 0.2),
        entry("ridge", {"estimator": "ridge", "lambda": 0.3, "target": "identity"}, s + 0.3 * np.eye(p), 0.3),
        entry("rblw", {"estimator": "rblw"}, mixture(s, rblw), rblw),
        entry("oas", {"estimator": "oas"}, mixture(s, oas), oas),
    ]
    m = OAS(assume_centered=True).fit(x)
    out.append(entry("oas of scikit-learn", {"estimator": "oas_large_p"}, m.covariance_, m.shrinkage_))
    m = LedoitWolf(assume_centered=True).fit(x)
    out.append(entry("ledoit_wolf", {"estimator": "ledoit_wolf"}, m.covariance_, m.shrinkage_))
    for alpha in (0.1, 0.4):
        c, precision = graphical_lasso(s, alpha, tol=1e-13, enet_tol=1e-14, max_iter=2000)
        e = entry(f"graphical_lasso {alpha}", {"estimator": "graphical_lasso", "lambda": alpha, "raw": True}, c, alpha)
        e["precision"] = precision.ravel().tolist()
        out.append(e)
    return {"n": n, "sample": s.ravel().tolist(), "fourth": float(np.mean(np.sum(x * x, axis=1) ** 2)), "estimates": out}


def main():
    sets = []
    for name, file, columns in [("iris", "iris.csv", 4), ("wine", "wine.csv", 13), ("breast cancer", "breast_cancer.csv", 10)]:
        sets.append({"name": name} | estimates(read(file, columns)))
    json.dump({"sets": sets}, sys.stdout, indent=1)
    print()


main()
