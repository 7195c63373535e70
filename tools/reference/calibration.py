"""Calibrations by scikit-learn, for model/calibration/reference_test.go.

Run: python calibration.py > ../../model/calibration/testdata/calibration.json (scikit-learn
1.9.1). Scores are log odds in the middle of bins of 1/16. Platt is CalibratedClassifierCV's
sigmoid on a classifier whose decision function they are, isotonic IsotonicRegression on the
same scores, kept as far from 0 and 1 as one more row of each kind would, temperature scipy's
minimum of the sum of the log losses of each class against the rest.
"""
import json

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.isotonic import IsotonicRegression


class Scores(ClassifierMixin, BaseEstimator):
    """A classifier whose decision function is its input."""

    def __init__(self, classes=2):
        self.classes = classes

    def fit(self, x, y):
        self.classes_ = np.arange(self.classes)
        return self

    def decision_function(self, x):
        return x[:, 0] if self.classes == 2 else x

    def predict(self, x):
        return (x[:, 0] > 0).astype(int) if self.classes == 2 else x.argmax(1)


def binned(odds):
    return (np.floor((odds + 32) * 16) + 0.5) / 16 - 32


def case(name, classes, n, sharp, seed):
    random = np.random.default_rng(seed)
    logits = random.normal(size=(n, classes)) * 1.5
    p = np.exp(logits)
    p /= p.sum(1, keepdims=True)
    y = np.array([random.choice(classes, p=row) for row in p])
    q = np.exp(sharp * logits)  # too sure of itself, or too little
    q /= q.sum(1, keepdims=True)
    odds = binned(np.log(q) - np.log1p(-q))
    x = odds[:, 1:] if classes == 2 else odds
    given = [1] if classes == 2 else range(classes)
    curves = []
    for column, k in enumerate(given):
        bins = []
        for at in np.unique(x[:, column]):
            here = x[:, column] == at
            bins.append([at, int((here & (y == k)).sum()), int((here & (y != k)).sum())])
        curves.append({"class": str(k), "bins": bins})
    test = np.exp(sharp * random.normal(size=(12, classes)) * 2)
    test /= test.sum(1, keepdims=True)
    odds_test = np.log(test) - np.log1p(-test)
    x_test = odds_test[:, 1:] if classes == 2 else odds_test

    model = CalibratedClassifierCV(FrozenEstimator(Scores(classes).fit(x, y)), method="sigmoid").fit(x, y)
    out = {"platt": model.predict_proba(x_test)}

    def together(columns):
        if classes == 2:
            return np.column_stack([1 - columns[0], columns[0]])
        all_ = np.column_stack(columns)
        return all_ / all_.sum(1, keepdims=True)

    columns = []
    for column, k in enumerate(given):
        fit = IsotonicRegression(out_of_bounds="clip").fit(x[:, column], (y == k).astype(float))
        columns.append(np.clip(fit.predict(x_test[:, column]), 1 / (n + 2), 1 - 1 / (n + 2)))
    out["isotonic"] = together(columns)

    def loss(slope):
        z = [np.where(y == k, -1, 1) * slope * x[:, column] for column, k in enumerate(given)]
        return sum(np.logaddexp(0, one).sum() for one in z)

    slope = minimize_scalar(loss, bounds=(0.01, 100), method="bounded", options={"xatol": 1e-12}).x
    out["temperature"] = together([expit(slope * x_test[:, c]) for c in range(len(given))])
    return {"name": name, "classes": [str(k) for k in range(classes)], "curves": curves, "given": test.tolist(), "want": {k: v.tolist() for k, v in out.items()}}


print(json.dumps([
    case("two classes, too sure", 2, 3000, 2.5, 1),
    case("two classes, not sure enough", 2, 1500, 0.4, 2),
    case("three classes, too sure", 3, 4000, 2.0, 3),
    case("six classes", 6, 5000, 1.6, 4),
    case("two classes, few rows", 2, 120, 3.0, 5),
]))
