"""The penalty of linear discriminants, for model/classification/lda_lambda_test.go.

Run: python lda_lambda.py > ../../model/classification/testdata/lda_lambda.json (scikit-learn
1.9.1, numpy, scipy). The rows are drawn, with columns that are hats of one number, so that
the plain discriminant fits chance. Generalised cross-validation is computed by its
definition, from the hat matrix of the ridge regression of the scaled indicators; the
discriminant of the share found is scikit-learn's LinearDiscriminantAnalysis with that
shrinkage, on columns divided by their spread within classes. Its log loss in ten-fold
cross-validation, refitted to each, is given for shares beside.
"""
import json

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold, cross_val_predict


def case(name, n, classes, hats, seed):
    random = np.random.default_rng(seed)
    t = random.uniform(0, 1, n)
    knots = np.linspace(0, 1, hats)
    # a hat less, as all add up to 1
    x = np.maximum(0, 1 - np.abs(t[:, None] - knots) * (hats - 1))[:, 1:]
    x = np.column_stack([x, random.normal(size=(n, 3))])
    logits = np.column_stack([np.sin((k + 1) * 3 * t) * 2 + 0.4 * x[:, -1] * k for k in range(classes)])
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    y = np.array([random.choice(classes, p=row) for row in p])
    x = np.round(x, 4)
    counts = np.bincount(y, minlength=classes)
    centred = x - x.mean(0)
    within = x - np.array([x[y == k].mean(0) for k in range(classes)])[y]
    diagonal = (within ** 2).sum(0)
    indicators = np.eye(classes)[y]
    scaled = (indicators - indicators.mean(0)) / np.sqrt(counts)

    def gcv(penalty):
        hat = centred @ np.linalg.solve(centred.T @ centred + penalty * np.diag(diagonal), centred.T)
        rss = ((scaled - hat @ scaled) ** 2).sum()
        return n * rss / (n - 1 - np.trace(hat)) ** 2

    grid = np.logspace(-8, 4, 97)
    at = grid[np.argmin([gcv(v) for v in grid])]
    best = np.exp(minimize_scalar(lambda v: gcv(np.exp(v)), bounds=(np.log(at / 2), np.log(at * 2)), method="bounded", options={"xatol": 1e-10}).x)
    share = best / (1 + best)
    spread = np.sqrt(diagonal / n)
    # priors as observed: scikit-learn's covariance is then the pooled one, divided by n
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=share).fit(x / spread, y)
    scores = model.decision_function(x[:12] / spread)
    if scores.ndim == 1:
        scores = np.column_stack([np.zeros(len(scores)), scores])
    top = scores.max(1, keepdims=True)
    log_p = scores - top - np.log(np.exp(scores - top).sum(1, keepdims=True))
    folds = StratifiedKFold(10, shuffle=True, random_state=0)
    losses = []
    for s in [share, 0, 1e-4, 1e-3, 0.01, 0.03, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95]:
        out = cross_val_predict(LinearDiscriminantAnalysis(solver="lsqr", shrinkage=s), x / spread, y, cv=folds, method="predict_proba")
        losses.append([s, log_loss(y, out)])
    return {"name": name, "x": x.tolist(), "y": [f"k{k}" for k in y], "classes": [f"k{k}" for k in range(classes)], "lambda": share, "log_probabilities": log_p.tolist(), "cross_validated": losses}


print(json.dumps([case("two classes", 120, 2, 12, 1), case("three classes", 200, 3, 16, 2), case("four classes, few rows", 90, 4, 14, 3)]))
