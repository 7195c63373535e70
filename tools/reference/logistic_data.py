"""Logistic regressions of public data, for model/glm/data_reference_test.go.

Run from the root of the repository: python tools/reference/logistic_data.py >
model/glm/testdata/logistic_data.json (scikit-learn 1.9.1, statsmodels 0.15.0). Reads the data
sets in ../shared/data. Bank has no penalty: its likelihood is statsmodels' Logit on columns of
which those are left out that others determine, and its probabilities do not depend on which.
Breast cancer is separated by its inputs, so it has scikit-learn's penalty with C = 1, and a
weaker one; inputs are divided by their standard deviations, as lambda's are.
"""
import csv
import gzip
import json

import numpy as np
import statsmodels.api as sm
from sklearn.linear_model import LogisticRegression

DATA = "../shared/data/classic/"
BANK = DATA + "symetryml/classification/BankData/fed3/"


def read(target, *paths):
    rows = []
    for path in paths:
        opener = gzip.open if path.endswith(".gz") else open
        with opener(path, "rt") as f:
            rows += list(csv.DictReader(f))
    names = [k for k in rows[0] if k != target]
    return np.array([[float(r[k]) for k in names] for r in rows]), np.array([float(r[target]) for r in rows])


def standard(x):
    return (x - x.mean(0)) / x.std(0)


def independent(x):
    """Columns that those before them do not determine."""
    kept, q = [], np.zeros((len(x), 0))
    for j in range(x.shape[1]):
        rest = x[:, j] - q @ (q.T @ x[:, j])
        rest -= q @ (q.T @ rest)
        if np.linalg.norm(rest) > 1e-8 * np.linalg.norm(x[:, j]):
            q = np.column_stack([q, rest / np.linalg.norm(rest)])
            kept.append(j)
    return x[:, kept]


def picked(n):
    return list(range(0, n, n // 40))


sets = []
x, y = read("target", BANK + "bank1.csv", BANK + "bank2.csv.gz", BANK + "bank3.csv.gz")
z = independent(np.column_stack([np.ones(len(x)), standard(x)]))
fit = sm.Logit(y, z).fit(method="newton", maxiter=100, tol=1e-14, disp=False)
rows = picked(len(x))
sets.append({"name": "bank", "lambda": 0, "log_likelihood": fit.llf, "rows": rows, "log_odds": (z[rows] @ fit.params).tolist()})

with open(DATA + "breast_cancer.csv") as f:
    cells = list(csv.DictReader(f))
target = [k for k in cells[0]][-1]
names = [k for k in cells[0] if k != target]
x = np.array([[float(r[k]) for k in names] for r in cells])
classes = sorted({r[target] for r in cells})
y = np.array([classes.index(r[target]) for r in cells])
for penalty in (1, 0.01, 0.0001):
    model = LogisticRegression(C=1 / penalty, tol=1e-12, max_iter=100000, solver="newton-cholesky").fit(standard(x), y)
    odds = model.decision_function(standard(x))
    p = 1 / (1 + np.exp(-np.where(y == 1, odds, -odds)))
    rows = picked(len(x))
    sets.append({"name": "breast_cancer", "target": target, "lambda": penalty, "log_likelihood": float(np.log(p).sum()), "rows": rows, "log_odds": odds[rows].tolist()})
print(json.dumps(sets))
