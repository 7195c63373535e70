"""Reference values for the classifiers of package model.

Needs numpy and scikit-learn (made with numpy 2.4.6, scikit-learn 1.9.1). Reads
the data sets in ../shared/data. Run from the root of the repository:

    python tools/reference/classification.py > model/classification/testdata/classification.json

Each classifier is fitted to all rows of a set (of bank to the three training
parts). Of some rows it gives the logarithms of the class probabilities. All of this version
divide scatter by the rows.
"""

import csv
import gzip
import json
import sys
import warnings

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import CategoricalNB, GaussianNB

DATA = "../shared/data/"
BANK = DATA + "classic/symetryml/classification/BankData/fed3/"


def read(*paths):
    rows = []
    for path in paths:
        opener = gzip.open if path.endswith(".gz") else open
        with opener(path, "rt") as f:
            rows += list(csv.DictReader(f))
    return rows


def split(rows, target):
    names = [k for k in rows[0] if k != target]
    x = np.array([[float(r[k]) for k in names] for r in rows])
    return x, np.array([r[target] for r in rows])


def picked(x):
    return list(range(0, len(x), max(1, len(x) // 9)))


def log_proba(model, x):
    # not predict_log_proba, which some versions clip
    if hasattr(model, "_joint_log_likelihood"):
        scores = model._joint_log_likelihood(x)
    else:
        scores = model.decision_function(x)
    if scores.ndim == 1:
        scores = np.stack([np.zeros_like(scores), scores], axis=1)
    top = scores.max(axis=1, keepdims=True)
    return scores - top - np.log(np.exp(scores - top).sum(axis=1, keepdims=True))


def fitted(name, options, kind, scores, test=None):
    out = {"name": name, "type": kind, "options": options, "log_probabilities": scores.tolist()}
    if test is not None:
        out["test_auc"] = test
    return out


def models(x, y, xt=None, yt=None, quadratic=True):
    rows, k = picked(x), len(set(y))
    out = []
    for name, kind, options, m in [
        ("svd", "lda", {"unbiased": False}, LinearDiscriminantAnalysis("svd", tol=1e-8)),
        ("lsqr", "lda", {"unbiased": False}, LinearDiscriminantAnalysis("lsqr")),
        ("eigen", "lda", {"unbiased": False}, LinearDiscriminantAnalysis("eigen")),
        ("svd, uniform priors", "lda", {"unbiased": False, "priors": "uniform"}, LinearDiscriminantAnalysis("svd", priors=[1 / k] * k, tol=1e-8)),
        ("quadratic", "qda", {"unbiased": False}, QuadraticDiscriminantAnalysis(tol=1e-12)),
    ]:
        if not quadratic and name not in ("svd", "svd, uniform priors"):
            continue
        m.fit(x, y)
        auc = None if xt is None else roc_auc_score(yt == m.classes_[1], m.predict_proba(xt)[:, 1])
        if not quadratic:
            options = {"pseudo_inverse": True} | options
        out.append(fitted(name, options, kind, log_proba(m, x[rows]), auc))
    return out


def bayes(x, y, xt=None, yt=None):
    """GaussianNB of the columns that are not binary, CategoricalNB of the rest."""
    rows = picked(x)
    binary = np.array([set(np.unique(c)) <= {0.0, 1.0} for c in x.T])
    gauss = GaussianNB().fit(x[:, ~binary], y)
    prior = np.log(gauss.class_prior_)

    def scores(at):
        s = gauss._joint_log_likelihood(at[:, ~binary])
        if binary.any():
            s = s + cat._joint_log_likelihood(at[:, binary].astype(int)) - prior
        return s - s.max(axis=1, keepdims=True) - np.log(np.exp(s - s.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True))

    if binary.any():
        cat = CategoricalNB(alpha=1.0, min_categories=2).fit(x[:, binary].astype(int), y)
    auc = None
    if xt is not None:
        s = scores(xt)
        auc = roc_auc_score(yt == gauss.classes_[1], s[:, 1] - s[:, 0])
    return fitted("naive Bayes", {}, "naive_bayes", scores(x[rows]), auc)


def plain_bayes(x, y, xt, yt):
    gauss = GaussianNB().fit(x, y)
    s = gauss._joint_log_likelihood(xt)
    return fitted("Gaussian of all", {"binary": "continuous"}, "naive_bayes", log_proba(gauss, x[picked(x)]),
                  roc_auc_score(yt == gauss.classes_[1], s[:, 1] - s[:, 0]))


def main():
    warnings.simplefilter("ignore")
    sets = []
    for name, target in [("iris", "species"), ("wine", "class"), ("breast_cancer", "diagnosis")]:
        x, y = split(read(DATA + f"classic/{name}.csv"), target)
        sets.append({"name": name, "target": target, "rows": picked(x), "classes": sorted(set(y)), "models": models(x, y) + [bayes(x, y)]})
    x, y = split(read(BANK + "bank1.csv", BANK + "bank2.csv.gz", BANK + "bank3.csv.gz"), "target")
    xt, yt = split(read(BANK + "bank_test.csv.gz"), "target")
    sets.append({"name": "bank", "target": "target", "rows": picked(x), "classes": ["0", "1"],
                 "models": models(x, y, xt, yt, False) + [bayes(x, y, xt, yt), plain_bayes(x, y, xt, yt)]})
    json.dump({"sets": sets}, sys.stdout, indent=1)
    print()


main()
