# Generated from the OpenAPI document by "go test ./plugin -run Docs -update"; do not edit.
# ruff: noqa: E501
"""Definitions of models, one function for each type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

Definition = dict[str, Any]
"""What define and try_model take: name, type, target, inputs and options."""


def _define(name: str, typ: str, target: str | None, inputs: Sequence[str] | None, features: Sequence[str] | None, refresh: Mapping[str, Any] | None, options: Mapping[str, Any]) -> Definition:
    out: Definition = {"name": name, "type": typ}
    if target is not None:
        out["target"] = target
    if inputs is not None:
        out["inputs"] = list(inputs)
    if features is not None:
        out["features"] = list(features)
    given = {key: value for key, value in options.items() if value is not None}
    if given:
        out["options"] = given
    if refresh is not None:
        out["refresh"] = dict(refresh)
    return out


def adaptive(
    target: str,
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    calibrate: Literal["none", "platt", "isotonic", "temperature"] | None = None,
    candidates: int | None = None,
    confidence: float | None = None,
    interval: Literal["none", "prediction"] | None = None,
    max_nodes: int | None = None,
    min_rows: float | None = None,
    prior_strength: float | None = None,
    split_rows: int | None = None,
    stop_prior: float | None = None,
    threshold: float | None = None,
    trees: int | None = None,
) -> Definition:
    """The recommended model for a stream whose laws change: forests and linear models that forget at
    different speeds, mixed by how well each of them has predicted the rows just before. A
    categorical or binary target makes it a classifier, a continuous one a regression. Rows are
    learned one by one, in their order, from the moment when the model is defined. It follows each
    shard, and shards predict side by side; rows cannot be taken away from it again.

    Args:
        target: The attribute that is predicted, where the type predicts one.
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        calibrate: How probabilities are made to agree with how often classes occur, from the
            running evaluation of the model's own probabilities (`evaluate` of `sml_score`), one
            class against the rest. `platt`: a logistic function of the log odds, from 100 evaluated
            rows. `isotonic`: the best rising function, from 1,000. `temperature`: all log odds
            divided by one number, from 100. Before that, and for a class with less than 10 rows or
            less than 10 others, probabilities are the model's own; "none" when left out.
        candidates: The number of random cuts that are tried at a split. 0 is twice the number
            of inputs; 0 when left out.
        confidence: Of a number: the probability of intervals; 0.95 when left out.
        interval: Of a number: the interval of each prediction, `prediction` (of the next value)
            or `none`; "none" when left out.
        max_nodes: The largest number of nodes of a tree; 4096 when left out.
        min_rows: The number of rows that must have been learned before the model predicts; 32
            when left out.
        prior_strength: The weight, in rows, of what a node takes over from the node above it; 1
            when left out.
        split_rows: The number of rows that a leaf must have seen before it is split; 10 when
            left out.
        stop_prior: The prior probability that a tree ends in a node rather than below it; 0.2
            when left out.
        threshold: With two classes: the lowest probability of the second class at which that
            class is predicted. 0 predicts the more probable class; 0 when left out.
        trees: The number of trees of each forest; 10 when left out.
    """
    return _define(name or "adaptive", "adaptive", target, inputs, features, refresh, {"calibrate": calibrate, "candidates": candidates, "confidence": confidence, "interval": interval, "max_nodes": max_nodes, "min_rows": min_rows, "prior_strength": prior_strength, "split_rows": split_rows, "stop_prior": stop_prior, "threshold": threshold, "trees": trees})


def copod(
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    min_rows: float | None = None,
) -> Definition:
    """Empirical copula (COPOD; Li and others, ICDM 2020): the sum over the attributes of the larger of
    -ln of the tail to which the attribute is skewed and the mean of -ln of both tails.
    Contributions are the score in proportion to -ln of the rarer tail.

    Args:
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        min_rows: The number of rows that must have been learned before the model scores; 32
            when left out.
    """
    return _define(name or "copod", "copod", None, inputs, features, refresh, {"min_rows": min_rows})


def density_forest(
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    depth: int | None = None,
    frame_rows: float | None = None,
    local: float | None = None,
    min_rows: float | None = None,
    seed: int | None = None,
    stop_prior: float | None = None,
    trees: int | None = None,
) -> Definition:
    """Density forest: how thin the rows are where the row lies, against how dense they are around it,
    in trees with random cuts; all prunings of a tree are averaged (Willems, Shtarkov and Tjalkens
    1995; Wong and Ma 2010). Finds local anomalies and those of any shape. Counts add and subtract
    exactly.

    Args:
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        depth: The number of cuts from the root of a tree to a leaf. A tree has 2 to the power
            of `depth` cells, and all trees together at most 131072; 9 when left out.
        frame_rows: The number of first rows that fix the ranges of the attributes. Only later
            rows are counted; 256 when left out.
        local: How much the density of the surroundings counts. 0: a row is unusual where rows
            are thin. 1: it is where they are thinner than around it, on every scale; 0.8 when left
            out.
        min_rows: The number of rows that must have been learned before the model scores; 32
            when left out.
        seed: The seed of the cuts. 0 takes the seed of the project; 0 when left out.
        stop_prior: The probability, before any row, that rows are spread evenly over a node, so
            that its cut says nothing; 0.2 when left out.
        trees: The number of trees; 100 when left out.
    """
    return _define(name or "density_forest", "density_forest", None, inputs, features, refresh, {"depth": depth, "frame_rows": frame_rows, "local": local, "min_rows": min_rows, "seed": seed, "stop_prior": stop_prior, "trees": trees})


def ecod(
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    min_rows: float | None = None,
    tails: Literal["largest", "skewness"] | None = None,
) -> Definition:
    """Empirical cumulative distributions (ECOD; Li and others, TKDE 2022): the sum over the attributes
    of -ln of the share of the rows that lie as far out on the same side.

    Args:
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        min_rows: The number of rows that must have been learned before the model scores; 32
            when left out.
        tails: `largest`: the rarer of an attribute's left and right tail counts (the corrected
            form of PyOD). `skewness`: the right tail counts when the attribute is skewed to the
            right, the left tail when it is skewed to the left, and both when it is symmetric;
            "largest" when left out.
    """
    return _define(name or "ecod", "ecod", None, inputs, features, refresh, {"min_rows": min_rows, "tails": tails})


def elastic_net(
    target: str,
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    aicc: bool | None = None,
    clip_negative: bool | None = None,
    debias: bool | None = None,
    eta: float | None = None,
    impute: Literal["mean", "conditional"] | None = None,
    intercept: bool | None = None,
    lambda_: float | None = None,
    max_eta: float | None = None,
    max_iterations: int | None = None,
    max_lambda_power: float | None = None,
    min_eta: float | None = None,
    min_lambda_power: float | None = None,
    min_rows: float | None = None,
    missing: Literal["pairwise", "complete"] | None = None,
    num_eta: int | None = None,
    num_lambda: int | None = None,
    path: bool | None = None,
    rcond: float | None = None,
    standardize: bool | None = None,
    tolerance: float | None = None,
) -> Definition:
    """Elastic net (Zou and Hastie 2005): half the mean squared error plus `lambda` times (`eta` |b|1 +
    (1 - `eta`)/2 |b|²), as scikit-learn's ElasticNet with `alpha` and `l1_ratio`; by coordinate
    descent on the covariance (Friedman, Hastie, Tibshirani 2010) with strong rules. Categorical
    inputs have a coefficient for every value.

    Args:
        target: The attribute that is predicted, where the type predicts one.
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        aicc: Choose `lambda` (and `eta`) on a grid by the lowest AICc; false when left out.
        clip_negative: Replace predictions below 0 by 0; false when left out.
        debias: Fit the coefficients that are not 0 again by least squares; false when left out.
        eta: The share of the lasso in the penalty: 0 is a ridge, 1 the lasso (scikit-learn's
            `l1_ratio`); 0.5 when left out.
        impute: The value of an input that a row does not have: the `mean` of the input, or its
            expectation given the inputs that the row has (`conditional`: for a normal distribution
            with the learned covariance, Beale and Little 1975); "mean" when left out.
        intercept: Fit an intercept. Without an intercept the model is fitted to the values and
            not to their distances from the means, and `r2` compares with 0 and not with the mean,
            as in R and statsmodels; true when left out.
        lambda_: The weight of the penalty (scikit-learn's `alpha`); 1 when left out.
        max_eta: The largest `eta` that `aicc` tries; 1 when left out.
        max_iterations: The maximum number of sweeps over the coefficients; 10000 when left out.
        max_lambda_power: The largest `lambda` of the grid is 10 to this power; 3 when left out.
        min_eta: The smallest `eta` that `aicc` tries; 0 when left out.
        min_lambda_power: The smallest `lambda` of the grid is 10 to this power; -10 when left
            out.
        min_rows: The number of rows that must have been learned before the model predicts; 32
            when left out.
        missing: Which rows are used when values are missing. `pairwise`: for each pair of
            attributes, the rows that have both; beside categorical inputs the covariances of
            numbers are those within the values of the categories, and the means of each number by
            value are taken at the shares of the values in all rows, so numbers may be missing more
            often at some values. Pairs of other rows may not fit together: they give a matrix with
            a negative eigenvalue, or say that a combination of inputs hardly varies. Then the rows
            that have all numbers are used where there are five for each coefficient, beside
            categories for the covariances within these, and otherwise the nearest matrix without a
            negative eigenvalue; `warnings` say so. Standard errors and intervals of `ols` and bands
            of `gam` allow for pairs of other rows, for values that are missing by chance; where
            that makes those of `ols` more than twice as wide, or is not worked out (above 64 terms,
            without an intercept, products, pairs that do not fit together), `warnings` say so.
            `complete`: only rows that have the target and all inputs; this works for numeric inputs
            only; "pairwise" when left out.
        num_eta: The number of `eta` that `aicc` tries; 11 when left out.
        num_lambda: The number of `lambda` in the grid or in the path; 100 when left out.
        path: Show the whole path in the description: `num_lambda` models, from the smallest
            `lambda` at which all coefficients are 0 down to a thousandth of it; false when left
            out.
        rcond: The smallest reciprocal condition number that is accepted, and the smallest share
            of an input's variance that the other inputs may leave unexplained. 0 means 1e-14, or
            1e-26 when the statistics are extended; 0 when left out.
        standardize: Penalise each coefficient in units of the standard deviation (n) of its
            input; false when left out.
        tolerance: The descent ends when no coefficient, times the standard deviation of its
            input, changes by more than this share of the standard deviation of the target. The
            equations of the coefficients that are not 0 are then solved exactly; 1e-7 when left
            out.
    """
    return _define(name or "elastic_net", "elastic_net", target, inputs, features, refresh, {"aicc": aicc, "clip_negative": clip_negative, "debias": debias, "eta": eta, "impute": impute, "intercept": intercept, "lambda": lambda_, "max_eta": max_eta, "max_iterations": max_iterations, "max_lambda_power": max_lambda_power, "min_eta": min_eta, "min_lambda_power": min_lambda_power, "min_rows": min_rows, "missing": missing, "num_eta": num_eta, "num_lambda": num_lambda, "path": path, "rcond": rcond, "standardize": standardize, "tolerance": tolerance})


def ensemble(
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    combine: Sequence[Literal["hba", "ecod", "copod", "mahalanobis", "pca", "zscore", "half_space_trees", "loda", "rs_hash", "density_forest", "local_density"] | Mapping[str, Any]] | None = None,
    label: str | None = None,
    min_rows: float | None = None,
    sample: int | None = None,
    weights: Literal["measured", "given"] | None = None,
) -> Definition:
    """The recommended detector: a weighted mean of the scores of several anomaly models, each divided
    by its spread among usual rows. With labelled rows it adds a linear discriminant.

    Args:
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        combine: The members: types of anomaly models, or objects with `type`, `options`,
            `weight` and `optional`. A member without a suitable attribute is left out;
            ["hba","copod","mahalanobis",{"optional":true,"type":"density_forest"}] when left out.
        label: The name of a binary attribute, 1 for an anomaly, that some rows have. It is not
            an input. The more labelled rows there are, the more weight they have in the score.
        min_rows: The number of rows that must have been learned before the model scores; 32
            when left out.
        sample: The number of rows that are drawn from the statistics to estimate the spread of
            each member's scores; 512 when left out.
        weights: How the members are weighted. `given`: by their `weight`. `measured`: their
            `weight` times what the statistics tell, without labels: the more the learned rows
            differ from rows drawn from the attributes' distributions and correlations alone, the
            more the detectors that count rows in cells weigh. Those that measure distances from one
            centre or into the tails then count only where a row is farther out than most drawn
            rows; "measured" when left out.
    """
    return _define(name or "ensemble", "ensemble", None, inputs, features, refresh, {"combine": combine, "label": label, "min_rows": min_rows, "sample": sample, "weights": weights})


def forest(
    target: str,
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    adapt: bool | None = None,
    calibrate: Literal["none", "platt", "isotonic", "temperature"] | None = None,
    candidates: int | None = None,
    confidence: float | None = None,
    interval: Literal["none", "prediction"] | None = None,
    max_linear_inputs: int | None = None,
    max_nodes: int | None = None,
    min_rows: float | None = None,
    prior_strength: float | None = None,
    split_rows: int | None = None,
    stop_prior: float | None = None,
    threshold: float | Literal["balanced"] | None = None,
    trees: int | None = None,
) -> Definition:
    """A forest of decision trees for two or more classes or for a number, grown from the rows as they
    pass, with cuts drawn at random and chosen by the Gini index or by the variance that is left
    (extra-trees; Geurts, Ernst and Wehenkel, 2006). The nodes of a forest of a number have Bayesian
    linear models. Rows are counted in its nodes from the moment when the model is defined; a
    prediction is the mean over all prunings of each tree (context-tree weighting; Willems, Shtarkov
    and Tjalkens, 1995).

    Args:
        target: The attribute that is predicted, where the type predicts one.
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        adapt: Follow a stream whose laws change: keep forests that forget at different speeds,
            and mix them by how well each has predicted the rows just before. Each shard then has
            its own, which learns row by row; rows cannot be taken away from it again; false when
            left out.
        calibrate: How probabilities are made to agree with how often classes occur, from the
            running evaluation of the model's own probabilities (`evaluate` of `sml_score`), one
            class against the rest. `platt`: a logistic function of the log odds, from 100 evaluated
            rows. `isotonic`: the best rising function, from 1,000. `temperature`: all log odds
            divided by one number, from 100. Before that, and for a class with less than 10 rows or
            less than 10 others, probabilities are the model's own; "none" when left out.
        candidates: The number of random cuts that are tried at a split. 0 is twice the number
            of inputs; 0 when left out.
        confidence: Of a number: the probability of intervals; 0.95 when left out.
        interval: Of a number: the interval of each prediction, `prediction` (of the next value)
            or `none`; "none" when left out.
        max_linear_inputs: Of a number: the largest number of numeric inputs with which the
            nodes have linear models of them. With more, each has the mean of its rows, which takes
            less memory and time; 16 when left out.
        max_nodes: The largest number of nodes of a tree. It is lower where there are so many
            classes that the counts of all trees would be more than four million, or so many linear
            inputs that their sums would be more than 29,000 for a tree or one million for all
            trees; 4096 when left out.
        min_rows: The number of rows that must have been learned before the model predicts; 32
            when left out.
        prior_strength: The weight, in rows, of what a node takes over from the node above it; 1
            when left out.
        split_rows: The number of rows that a leaf must have seen before it is split; 1 is as 2.
            0 is 10 for classes and 20 for a number. With `adapt`, 0 is 10 and more than 100 are as
            100; 0 when left out.
        stop_prior: The prior probability that a tree ends in a node rather than below it; 0.2
            when left out.
        threshold: With two classes: the lowest probability of the second class at which that
            class is predicted. Lower it for a class that is rare or costly to miss. `balanced` is
            the prior probability of the second class, so that both classes count as equally
            frequent. 0 predicts the more probable class; 0 when left out.
        trees: The number of trees; 10 when left out.
    """
    return _define(name or "forest", "forest", target, inputs, features, refresh, {"adapt": adapt, "calibrate": calibrate, "candidates": candidates, "confidence": confidence, "interval": interval, "max_linear_inputs": max_linear_inputs, "max_nodes": max_nodes, "min_rows": min_rows, "prior_strength": prior_strength, "split_rows": split_rows, "stop_prior": stop_prior, "threshold": threshold, "trees": trees})


def gam(
    target: str,
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    clip_negative: bool | None = None,
    confidence: float | None = None,
    gamma: float | None = None,
    impute: Literal["mean", "conditional"] | None = None,
    intercept: bool | None = None,
    lambda_: float | Literal["auto"] | None = None,
    min_rows: float | None = None,
    missing: Literal["pairwise", "complete"] | None = None,
    pairs: int | None = None,
    rcond: float | None = None,
) -> Definition:
    """Generalised additive model of a number (Hastie and Tibshirani 1990; Wood, Generalized Additive
    Models, 2nd ed., 2017): a sum of smooth curves, one for each input of which `expand` of
    `sml_learn` computes splines, and of a level for each category. Each curve has a penalty on its
    curvature, chosen by generalised cross-validation. The description has each curve with its band.

    Args:
        target: The attribute that is predicted, where the type predicts one.
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        clip_negative: Replace predictions below 0 by 0; false when left out.
        confidence: The confidence of the bands; 0.95 when left out.
        gamma: The factor of the degrees of freedom in generalised cross-validation. Larger
            ones, such as 1.4, give smoother curves; 1 when left out.
        impute: The value of an input that a row does not have: the `mean` of the input, or its
            expectation given the inputs that the row has (`conditional`: for a normal distribution
            with the learned covariance, Beale and Little 1975); "mean" when left out.
        intercept: Fit an intercept. Without an intercept the model is fitted to the values and
            not to their distances from the means, and `r2` compares with 0 and not with the mean,
            as in R and statsmodels; true when left out.
        lambda_: The weight of the curvature of every curve, relative to what it explains at a
            weight of 1. `auto`, and 0, choose a weight for each curve by generalised
            cross-validation; 0 when left out.
        min_rows: The number of rows that must have been learned before the model predicts; 32
            when left out.
        missing: Which rows are used when values are missing. `pairwise`: for each pair of
            attributes, the rows that have both; beside categorical inputs the covariances of
            numbers are those within the values of the categories, and the means of each number by
            value are taken at the shares of the values in all rows, so numbers may be missing more
            often at some values. Pairs of other rows may not fit together: they give a matrix with
            a negative eigenvalue, or say that a combination of inputs hardly varies. Then the rows
            that have all numbers are used where there are five for each coefficient, beside
            categories for the covariances within these, and otherwise the nearest matrix without a
            negative eigenvalue; `warnings` say so. Standard errors and intervals of `ols` and bands
            of `gam` allow for pairs of other rows, for values that are missing by chance; where
            that makes those of `ols` more than twice as wide, or is not worked out (above 64 terms,
            without an intercept, products, pairs that do not fit together), `warnings` say so.
            `complete`: only rows that have the target and all inputs; this works for numeric inputs
            only; "pairwise" when left out.
        pairs: The number of pairs of inputs that get a term of their own: of the products that
            `expand.products` computes, those that explain most of what the curves leave (as in
            FAST; Lou, Caruana, Gehrke and Hooker, Accurate intelligible models with pairwise
            interactions, KDD 2013). It takes the place of `products` among the features; 0 when
            left out.
        rcond: The smallest reciprocal condition number that is accepted, and the smallest share
            of an input's variance that the other inputs may leave unexplained. 0 means 1e-14, or
            1e-26 when the statistics are extended; 0 when left out.
    """
    return _define(name or "gam", "gam", target, inputs, features, refresh, {"clip_negative": clip_negative, "confidence": confidence, "gamma": gamma, "impute": impute, "intercept": intercept, "lambda": lambda_, "min_rows": min_rows, "missing": missing, "pairs": pairs, "rcond": rcond})


def gamma(
    target: str,
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    confidence: float | None = None,
    exact_rows: int | None = None,
    interval: Literal["none", "confidence"] | None = None,
    lambda_: float | None = None,
    min_rows: float | None = None,
    missing: Literal["mean", "complete"] | None = None,
    offset: str | None = None,
    weights: str | None = None,
) -> Definition:
    """Gamma regression of a positive number, the logarithm of whose mean is linear and whose spread is
    in proportion to the mean (McCullagh and Nelder, Generalized Linear Models, 1989, chapter 8),
    with standard errors by Pearson's dispersion, as in R and statsmodels. Its likelihood is kept
    from when the model is defined; where inputs and target have few values (at most 32 different
    numbers; a Poisson count any), it is fitted exactly to all rows.

    Args:
        target: The attribute that is predicted, where the type predicts one.
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        confidence: The probability of the confidence intervals of coefficients; 0.95 when left
            out.
        exact_rows: The number of different rows that are kept as they are, of all shards
            together. Up to that number, and for good where no more rows differ (categories), the
            fit is the maximum of the likelihood to the last digits. Beyond it rows are added to
            sums, and the fit is asymptotically equal to the maximum; 2048 when left out.
        interval: The interval of each prediction: `confidence` (of what is predicted, not of
            the next value) or `none`; "none" when left out.
        lambda_: The ridge penalty lambda/2 times the sum of the squared coefficients of the
            standardised inputs, as 1/C of scikit-learn. With 0 there is none, unless the likelihood
            has no maximum (the classes are separated): then it is 1, and `warnings` say so; 0 when
            left out.
        min_rows: The number of rows that must have been learned before the model predicts; 32
            when left out.
        missing: What is made of a row that lacks an input when it is learned. `mean`: the input
            counts as being at its mean. `complete`: the row is left out. A prediction takes the
            mean; "mean" when left out.
        offset: A numeric attribute that is added to the linear predictor with a coefficient of
            1, such as the logarithm of an exposure. It is no input. A row without it is left out; a
            prediction without it takes 0.
        weights: A numeric attribute by which rows are weighted: a row of weight 3 counts as
            three equal rows. It is no input. A row without a weight above 0 is left out.
    """
    return _define(name or "gamma", "gamma", target, inputs, features, refresh, {"confidence": confidence, "exact_rows": exact_rows, "interval": interval, "lambda": lambda_, "min_rows": min_rows, "missing": missing, "offset": offset, "weights": weights})


def half_space_trees(
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    cells: int | None = None,
    components: int | None = None,
    frame_rows: float | None = None,
    min_rows: float | None = None,
) -> Definition:
    """Half-space trees (Tan, Ting and Liu, IJCAI 2011): how few rows share the row's leaf in trees
    that halve the ranges of random attributes. Counts add and subtract exactly.

    Args:
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        cells: The number of leaves of a tree, a power of 2; 512 when left out.
        components: The number of trees; 50 when left out.
        frame_rows: The number of first rows that fix the ranges of the attributes. Only later
            rows are counted; 256 when left out.
        min_rows: The number of rows that must have been learned before the model scores; 32
            when left out.
    """
    return _define(name or "half_space_trees", "half_space_trees", None, inputs, features, refresh, {"cells": cells, "components": components, "frame_rows": frame_rows, "min_rows": min_rows})


def hba(
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    bins: Literal["auto", "static", "dynamic"] | None = None,
    count: int | None = None,
    min_rows: float | None = None,
    smoothing: float | None = None,
) -> Definition:
    """Histogram-based anomaly score (HBOS; Goldstein and Dengel, KI 2012): the sum over the attributes
    of the logarithm of how much rarer the row's bin is than the fullest.

    Args:
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        bins: `auto`: bins of equal width whose number follows the data, 10 to 256 (Freedman and
            Diaconis 1981). `static`: `count` bins of equal width, as published; a value on the edge
            of two bins belongs to the lower bin, as in PyOD. `dynamic`: at most `count` bins of
            equal weight; "auto" when left out.
        count: The number of bins of an attribute when `bins` is `static` or `dynamic`; 10 when
            left out.
        min_rows: The number of rows that must have been learned before the model scores; 32
            when left out.
        smoothing: The weight that is added to every bin, as a share of the mean bin; with
            `auto` at least half a row. Each value of a binary or categorical attribute is a bin of
            its own, to which half a row is added; 0.1 when left out.
    """
    return _define(name or "hba", "hba", None, inputs, features, refresh, {"bins": bins, "count": count, "min_rows": min_rows, "smoothing": smoothing})


def lasso(
    target: str,
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    aicc: bool | None = None,
    clip_negative: bool | None = None,
    debias: bool | None = None,
    impute: Literal["mean", "conditional"] | None = None,
    intercept: bool | None = None,
    lambda_: float | None = None,
    max_iterations: int | None = None,
    max_lambda_power: float | None = None,
    min_lambda_power: float | None = None,
    min_rows: float | None = None,
    missing: Literal["pairwise", "complete"] | None = None,
    num_lambda: int | None = None,
    path: bool | None = None,
    rcond: float | None = None,
    standardize: bool | None = None,
    tolerance: float | None = None,
) -> Definition:
    """Lasso (Tibshirani 1996): half the mean squared error plus `lambda` times the sum of the
    coefficients' magnitudes, as scikit-learn's Lasso with `alpha`.

    Args:
        target: The attribute that is predicted, where the type predicts one.
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        aicc: Choose `lambda` (and `eta`) on a grid by the lowest AICc; false when left out.
        clip_negative: Replace predictions below 0 by 0; false when left out.
        debias: Fit the coefficients that are not 0 again by least squares; false when left out.
        impute: The value of an input that a row does not have: the `mean` of the input, or its
            expectation given the inputs that the row has (`conditional`: for a normal distribution
            with the learned covariance, Beale and Little 1975); "mean" when left out.
        intercept: Fit an intercept. Without an intercept the model is fitted to the values and
            not to their distances from the means, and `r2` compares with 0 and not with the mean,
            as in R and statsmodels; true when left out.
        lambda_: The weight of the penalty (scikit-learn's `alpha`); 1 when left out.
        max_iterations: The maximum number of sweeps over the coefficients; 10000 when left out.
        max_lambda_power: The largest `lambda` of the grid is 10 to this power; 3 when left out.
        min_lambda_power: The smallest `lambda` of the grid is 10 to this power; -10 when left
            out.
        min_rows: The number of rows that must have been learned before the model predicts; 32
            when left out.
        missing: Which rows are used when values are missing. `pairwise`: for each pair of
            attributes, the rows that have both; beside categorical inputs the covariances of
            numbers are those within the values of the categories, and the means of each number by
            value are taken at the shares of the values in all rows, so numbers may be missing more
            often at some values. Pairs of other rows may not fit together: they give a matrix with
            a negative eigenvalue, or say that a combination of inputs hardly varies. Then the rows
            that have all numbers are used where there are five for each coefficient, beside
            categories for the covariances within these, and otherwise the nearest matrix without a
            negative eigenvalue; `warnings` say so. Standard errors and intervals of `ols` and bands
            of `gam` allow for pairs of other rows, for values that are missing by chance; where
            that makes those of `ols` more than twice as wide, or is not worked out (above 64 terms,
            without an intercept, products, pairs that do not fit together), `warnings` say so.
            `complete`: only rows that have the target and all inputs; this works for numeric inputs
            only; "pairwise" when left out.
        num_lambda: The number of `lambda` in the grid or in the path; 100 when left out.
        path: Show the whole path in the description: `num_lambda` models, from the smallest
            `lambda` at which all coefficients are 0 down to a thousandth of it; false when left
            out.
        rcond: The smallest reciprocal condition number that is accepted, and the smallest share
            of an input's variance that the other inputs may leave unexplained. 0 means 1e-14, or
            1e-26 when the statistics are extended; 0 when left out.
        standardize: Penalise each coefficient in units of the standard deviation (n) of its
            input; false when left out.
        tolerance: The descent ends when no coefficient, times the standard deviation of its
            input, changes by more than this share of the standard deviation of the target. The
            equations of the coefficients that are not 0 are then solved exactly; 1e-7 when left
            out.
    """
    return _define(name or "lasso", "lasso", target, inputs, features, refresh, {"aicc": aicc, "clip_negative": clip_negative, "debias": debias, "impute": impute, "intercept": intercept, "lambda": lambda_, "max_iterations": max_iterations, "max_lambda_power": max_lambda_power, "min_lambda_power": min_lambda_power, "min_rows": min_rows, "missing": missing, "num_lambda": num_lambda, "path": path, "rcond": rcond, "standardize": standardize, "tolerance": tolerance})


def lda(
    target: str,
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    calibrate: Literal["none", "platt", "isotonic", "temperature"] | None = None,
    covariance: Literal["empirical", "ridge", "identity_mixture", "ledoit_wolf", "rblw", "oas", "oas_large_p", "eigenvalue_truncation", "graphical_lasso"] | Mapping[str, Any] | None = None,
    impute: Literal["mean", "conditional"] | None = None,
    lambda_: float | Literal["auto"] | None = None,
    min_rows: float | None = None,
    missing: Literal["pairwise", "complete"] | None = None,
    priors: Mapping[str, Any] | Literal["observed", "uniform"] | None = None,
    pseudo_inverse: bool | None = None,
    rcond: float | None = None,
    threshold: float | Literal["balanced"] | None = None,
    unbiased: bool | None = None,
) -> Definition:
    """Linear discriminant analysis (Fisher 1936; Hastie, Tibshirani, Friedman, The Elements of
    Statistical Learning, 2009, section 4.3) of two or more classes with one covariance, as in R's
    MASS.

    Args:
        target: The attribute that is predicted, where the type predicts one.
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        calibrate: How probabilities are made to agree with how often classes occur, from the
            running evaluation of the model's own probabilities (`evaluate` of `sml_score`), one
            class against the rest. `platt`: a logistic function of the log odds, from 100 evaluated
            rows. `isotonic`: the best rising function, from 1,000. `temperature`: all log odds
            divided by one number, from 100. Before that, and for a class with less than 10 rows or
            less than 10 others, probabilities are the model's own; "none" when left out.
        covariance: The estimator of covariances: its name, or an object with its name and its
            settings; "empirical" when left out.
        impute: The value of an input that a row does not have: the `mean` of the input, or its
            expectation given the inputs that the row has (`conditional`); "mean" when left out.
        lambda_: The share of its own diagonal in the covariance within classes: 0 leaves it as
            it is, 1 takes inputs as independent. `auto` chooses it by generalised cross-validation
            of the regression of the classes on the inputs that the discriminant is (penalized
            discriminant analysis; Hastie, Buja and Tibshirani, Annals of Statistics 23, 1995),
            which suits inputs that `features` has expanded. It is for the covariance `empirical`; 0
            when left out.
        min_rows: The number of rows that must have been learned before the model predicts; 32
            when left out.
        missing: Which rows are used when values are missing. `pairwise`: for each pair of
            attributes, the rows that have both. `complete`: only rows that have all numeric inputs
            and a numeric target; "pairwise" when left out.
        priors: The assumed frequencies of the classes: as `observed`, `uniform`, or an object
            of weights by class. Weights are scaled to a sum of 1; "observed" when left out.
        pseudo_inverse: Accept inputs that other inputs determine. Directions in which no row
            varies within its class are left out; false when left out.
        rcond: The smallest reciprocal condition number of a covariance matrix that is accepted,
            and the smallest share of an input's variance that the other inputs may leave
            unexplained. 0 means 1e-14; 0 when left out.
        threshold: With two classes: the lowest probability of the second class at which that
            class is predicted. Lower it for a class that is rare or costly to miss. `balanced` is
            the prior probability of the second class, so that both classes count as equally
            frequent. 0 predicts the more probable class; 0 when left out.
        unbiased: Divide the scatter by the number of rows less the number of estimated means,
            as in R's MASS. Otherwise divide it by the number of rows (maximum likelihood); true
            when left out.
    """
    return _define(name or "lda", "lda", target, inputs, features, refresh, {"calibrate": calibrate, "covariance": covariance, "impute": impute, "lambda": lambda_, "min_rows": min_rows, "missing": missing, "priors": priors, "pseudo_inverse": pseudo_inverse, "rcond": rcond, "threshold": threshold, "unbiased": unbiased})


def local_density(
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    cells: int | None = None,
    components: int | None = None,
    frame_rows: float | None = None,
    local: float | None = None,
    min_rows: float | None = None,
    ridge: float | None = None,
    seed: int | None = None,
) -> Definition:
    """Local density: how thin the rows are where the row lies, against how dense the nearest
    micro-clusters are (in the spirit of the local outlier factor of Breunig and others 2000). Each
    component is a mixture of normal distributions around its micro-clusters, with the covariance
    within them (Lang and Schubert 2020). Sees dependence, clusters and differences of density at
    once. Sums add and subtract exactly.

    Args:
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        cells: The most micro-clusters of a component. The second component has half as many,
            the third a quarter, and so on by turns; 32 when left out.
        components: The number of sets of micro-clusters; 12 when left out.
        frame_rows: The number of first rows that fix the ranges of the attributes. Only later
            rows are counted; 256 when left out.
        local: How much the density of the nearest micro-clusters counts. 0: a row is unusual
            where rows are thin. 1: it is where they are thinner than in the micro-clusters nearest
            to it; 0.8 when left out.
        min_rows: The number of rows that must have been learned before the model scores; 32
            when left out.
        ridge: How much the correlations within micro-clusters are drawn towards 0. With 1 they
            do not count. Less finds more where attributes depend on each other, and more noise
            where they do not; 0.1 when left out.
        seed: The seed of the points around which micro-clusters are. 0 takes the seed of the
            project; 0 when left out.
    """
    return _define(name or "local_density", "local_density", None, inputs, features, refresh, {"cells": cells, "components": components, "frame_rows": frame_rows, "local": local, "min_rows": min_rows, "ridge": ridge, "seed": seed})


def loda(
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    cells: int | None = None,
    components: int | None = None,
    frame_rows: float | None = None,
    min_rows: float | None = None,
) -> Definition:
    """LODA (Pevny, Machine Learning 2016): how few rows share the row's bins in histograms of sparse
    random projections. Counts add and subtract exactly.

    Args:
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        cells: The number of bins of a histogram; 64 when left out.
        components: The number of projections; 100 when left out.
        frame_rows: The number of first rows that fix the ranges of the attributes. Only later
            rows are counted; 256 when left out.
        min_rows: The number of rows that must have been learned before the model scores; 32
            when left out.
    """
    return _define(name or "loda", "loda", None, inputs, features, refresh, {"cells": cells, "components": components, "frame_rows": frame_rows, "min_rows": min_rows})


def logistic(
    target: str,
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    calibrate: Literal["none", "platt", "isotonic", "temperature"] | None = None,
    confidence: float | None = None,
    exact_rows: int | None = None,
    lambda_: float | None = None,
    min_rows: float | None = None,
    missing: Literal["mean", "complete"] | None = None,
    offset: str | None = None,
    threshold: float | Literal["balanced"] | None = None,
    weights: str | None = None,
) -> Definition:
    """Logistic regression of two or more classes (Agresti, Categorical Data Analysis, 2013), with
    standard errors, p-values, odds ratios and a likelihood ratio test, as in statsmodels. Of inputs
    with few values (categories, yes or no, at most 32 different numbers) it is fitted exactly to
    all rows; else its likelihood is kept from when the model is defined, and before that lda stands
    in for it.

    Args:
        target: The attribute that is predicted, where the type predicts one.
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        calibrate: How probabilities are made to agree with how often classes occur, from the
            running evaluation of the model's own probabilities (`evaluate` of `sml_score`), one
            class against the rest. `platt`: a logistic function of the log odds, from 100 evaluated
            rows. `isotonic`: the best rising function, from 1,000. `temperature`: all log odds
            divided by one number, from 100. Before that, and for a class with less than 10 rows or
            less than 10 others, probabilities are the model's own; "none" when left out.
        confidence: The probability of the confidence intervals of coefficients; 0.95 when left
            out.
        exact_rows: The number of different rows that are kept as they are, of all shards
            together. Up to that number, and for good where no more rows differ (categories), the
            fit is the maximum of the likelihood to the last digits. Beyond it rows are added to
            sums, and the fit is asymptotically equal to the maximum; 2048 when left out.
        lambda_: The ridge penalty lambda/2 times the sum of the squared coefficients of the
            standardised inputs, as 1/C of scikit-learn. With 0 there is none, unless the likelihood
            has no maximum (the classes are separated): then it is 1, and `warnings` say so; 0 when
            left out.
        min_rows: The number of rows that must have been learned before the model predicts; 32
            when left out.
        missing: What is made of a row that lacks an input when it is learned. `mean`: the input
            counts as being at its mean. `complete`: the row is left out. A prediction takes the
            mean; "mean" when left out.
        offset: A numeric attribute that is added to the linear predictor with a coefficient of
            1, such as the logarithm of an exposure. It is no input. A row without it is left out; a
            prediction without it takes 0.
        threshold: With two classes: the lowest probability of the second class at which that
            class is predicted. Lower it for a class that is rare or costly to miss. `balanced` is
            the prior probability of the second class, so that both classes count as equally
            frequent. 0 predicts the more probable class; 0 when left out.
        weights: A numeric attribute by which rows are weighted: a row of weight 3 counts as
            three equal rows. It is no input. A row without a weight above 0 is left out.
    """
    return _define(name or "logistic", "logistic", target, inputs, features, refresh, {"calibrate": calibrate, "confidence": confidence, "exact_rows": exact_rows, "lambda": lambda_, "min_rows": min_rows, "missing": missing, "offset": offset, "threshold": threshold, "weights": weights})


def mahalanobis(
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    covariance: Literal["empirical", "ridge", "identity_mixture", "ledoit_wolf", "rblw", "oas", "oas_large_p", "eigenvalue_truncation", "graphical_lasso"] | Mapping[str, Any] | None = None,
    min_rows: float | None = None,
) -> Definition:
    """Squared Mahalanobis distance of the numeric attributes from their mean, with the decomposition
    of Mason, Tracy and Young as contributions.

    Args:
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        covariance: The estimator of covariances: its name, or an object with its name and its
            settings; "empirical" when left out.
        min_rows: The number of rows that must have been learned before the model scores; 32
            when left out.
    """
    return _define(name or "mahalanobis", "mahalanobis", None, inputs, features, refresh, {"covariance": covariance, "min_rows": min_rows})


def naive_bayes(
    target: str,
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    binary: Literal["categories", "continuous"] | None = None,
    calibrate: Literal["none", "platt", "isotonic", "temperature"] | None = None,
    laplace: float | None = None,
    min_rows: float | None = None,
    priors: Mapping[str, Any] | Literal["observed", "uniform"] | None = None,
    smoothing: float | None = None,
    threshold: float | Literal["balanced"] | None = None,
) -> Definition:
    """Naive Bayes: continuous inputs are normal in each class (as scikit-learn's GaussianNB), binary
    and categorical ones have the frequencies of their values (CategoricalNB), and all inputs are
    assumed to be independent.

    Args:
        target: The attribute that is predicted, where the type predicts one.
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        binary: How binary inputs are treated: as `categories`, or as `continuous` inputs;
            "categories" when left out.
        calibrate: How probabilities are made to agree with how often classes occur, from the
            running evaluation of the model's own probabilities (`evaluate` of `sml_score`), one
            class against the rest. `platt`: a logistic function of the log odds, from 100 evaluated
            rows. `isotonic`: the best rising function, from 1,000. `temperature`: all log odds
            divided by one number, from 100. Before that, and for a class with less than 10 rows or
            less than 10 others, probabilities are the model's own; "none" when left out.
        laplace: The number of rows that is added to each value of a binary or categorical input
            in each class; 1 when left out.
        min_rows: The number of rows that must have been learned before the model predicts; 32
            when left out.
        priors: The assumed frequencies of the classes: as `observed`, `uniform`, or an object
            of weights by class. Weights are scaled to a sum of 1; "observed" when left out.
        smoothing: The amount that is added to each variance, as a share of the largest variance
            of a continuous input; 1e-9 when left out.
        threshold: With two classes: the lowest probability of the second class at which that
            class is predicted. Lower it for a class that is rare or costly to miss. `balanced` is
            the prior probability of the second class, so that both classes count as equally
            frequent. 0 predicts the more probable class; 0 when left out.
    """
    return _define(name or "naive_bayes", "naive_bayes", target, inputs, features, refresh, {"binary": binary, "calibrate": calibrate, "laplace": laplace, "min_rows": min_rows, "priors": priors, "smoothing": smoothing, "threshold": threshold})


def negative_binomial(
    target: str,
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    confidence: float | None = None,
    exact_rows: int | None = None,
    interval: Literal["none", "confidence"] | None = None,
    lambda_: float | None = None,
    min_rows: float | None = None,
    missing: Literal["mean", "complete"] | None = None,
    offset: str | None = None,
    weights: str | None = None,
) -> Definition:
    """Negative binomial regression of a count that varies more than a Poisson count: the variance is
    mu + alpha mu^2, and alpha is estimated with the coefficients (Cameron and Trivedi, Regression
    Analysis of Count Data, 2013, section 3.3), as in statsmodels. Its likelihood is kept from when
    the model is defined; where inputs and target have few values (at most 32 different numbers; a
    Poisson count any), it is fitted exactly to all rows.

    Args:
        target: The attribute that is predicted, where the type predicts one.
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        confidence: The probability of the confidence intervals of coefficients; 0.95 when left
            out.
        exact_rows: The number of different rows that are kept as they are, of all shards
            together. Up to that number, and for good where no more rows differ (categories), the
            fit is the maximum of the likelihood to the last digits. Beyond it rows are added to
            sums, and the fit is asymptotically equal to the maximum; 2048 when left out.
        interval: The interval of each prediction: `confidence` (of what is predicted, not of
            the next value) or `none`; "none" when left out.
        lambda_: The ridge penalty lambda/2 times the sum of the squared coefficients of the
            standardised inputs, as 1/C of scikit-learn. With 0 there is none, unless the likelihood
            has no maximum (the classes are separated): then it is 1, and `warnings` say so; 0 when
            left out.
        min_rows: The number of rows that must have been learned before the model predicts; 32
            when left out.
        missing: What is made of a row that lacks an input when it is learned. `mean`: the input
            counts as being at its mean. `complete`: the row is left out. A prediction takes the
            mean; "mean" when left out.
        offset: A numeric attribute that is added to the linear predictor with a coefficient of
            1, such as the logarithm of an exposure. It is no input. A row without it is left out; a
            prediction without it takes 0.
        weights: A numeric attribute by which rows are weighted: a row of weight 3 counts as
            three equal rows. It is no input. A row without a weight above 0 is left out.
    """
    return _define(name or "negative_binomial", "negative_binomial", target, inputs, features, refresh, {"confidence": confidence, "exact_rows": exact_rows, "interval": interval, "lambda": lambda_, "min_rows": min_rows, "missing": missing, "offset": offset, "weights": weights})


def ols(
    target: str,
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    clip_negative: bool | None = None,
    confidence: float | None = None,
    impute: Literal["mean", "conditional"] | None = None,
    intercept: bool | None = None,
    interval: Literal["none", "prediction", "confidence"] | None = None,
    min_rows: float | None = None,
    missing: Literal["pairwise", "complete"] | None = None,
    pseudo_inverse: bool | None = None,
    rcond: float | None = None,
) -> Definition:
    """Ordinary least squares with its inference: standard errors, t, p and confidence intervals of the
    coefficients, R2, F, AIC, AICc and BIC (as statsmodels counts them: the variance is no
    parameter), VIF and the condition number. Solved in double-double where the statistics are
    extended.

    Args:
        target: The attribute that is predicted, where the type predicts one.
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        clip_negative: Replace predictions below 0 by 0; false when left out.
        confidence: The probability of intervals of predictions and coefficients; 0.95 when left
            out.
        impute: The value of an input that a row does not have: the `mean` of the input, or its
            expectation given the inputs that the row has (`conditional`: for a normal distribution
            with the learned covariance, Beale and Little 1975); "mean" when left out.
        intercept: Fit an intercept. Without an intercept the model is fitted to the values and
            not to their distances from the means, and `r2` compares with 0 and not with the mean,
            as in R and statsmodels; true when left out.
        interval: The interval of each prediction: `prediction` (of the next value),
            `confidence` (of its expectation) or `none`; "none" when left out.
        min_rows: The number of rows that must have been learned before the model predicts; 32
            when left out.
        missing: Which rows are used when values are missing. `pairwise`: for each pair of
            attributes, the rows that have both; beside categorical inputs the covariances of
            numbers are those within the values of the categories, and the means of each number by
            value are taken at the shares of the values in all rows, so numbers may be missing more
            often at some values. Pairs of other rows may not fit together: they give a matrix with
            a negative eigenvalue, or say that a combination of inputs hardly varies. Then the rows
            that have all numbers are used where there are five for each coefficient, beside
            categories for the covariances within these, and otherwise the nearest matrix without a
            negative eigenvalue; `warnings` say so. Standard errors and intervals of `ols` and bands
            of `gam` allow for pairs of other rows, for values that are missing by chance; where
            that makes those of `ols` more than twice as wide, or is not worked out (above 64 terms,
            without an intercept, products, pairs that do not fit together), `warnings` say so.
            `complete`: only rows that have the target and all inputs; this works for numeric inputs
            only; "pairwise" when left out.
        pseudo_inverse: Accept inputs that are linear combinations of others. They share a
            coefficient: the shortest solution in units of each input's standard deviation
            (Moore-Penrose); false when left out.
        rcond: The smallest reciprocal condition number that is accepted, and the smallest share
            of an input's variance that the other inputs may leave unexplained. 0 means 1e-14, or
            1e-26 when the statistics are extended; 0 when left out.
    """
    return _define(name or "ols", "ols", target, inputs, features, refresh, {"clip_negative": clip_negative, "confidence": confidence, "impute": impute, "intercept": intercept, "interval": interval, "min_rows": min_rows, "missing": missing, "pseudo_inverse": pseudo_inverse, "rcond": rcond})


def pca(
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    covariance: Literal["empirical", "ridge", "identity_mixture", "ledoit_wolf", "rblw", "oas", "oas_large_p", "eigenvalue_truncation", "graphical_lasso"] | Mapping[str, Any] | None = None,
    explained: float | None = None,
    measure: Literal["combined", "t2", "spe", "major_minor", "weighted"] | None = None,
    min_rows: float | None = None,
) -> Definition:
    """Principal components of the numeric attributes: how far a row lies out within the plane of the
    major components, and how far it lies off that plane.

    Args:
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        covariance: The estimator of covariances: its name, or an object with its name and its
            settings; "empirical" when left out.
        explained: The smallest share of the variance that the major components explain. Shyu
            and others take 0.5; 0.9 when left out.
        measure: `t2`: squared distance within the major components, in units of their standard
            deviations. `spe`: squared distance from their plane (Jackson and Mudholkar 1979).
            `combined`: both, each over its expectation (Yue and Qin 2001). `major_minor`: squared
            distance in standard deviations along the major components and along the components with
            an eigenvalue below 0.2 (Shyu and others 2003). `weighted`: sum of the distances from
            the component vectors over their share of the variance, as PyOD does; "combined" when
            left out.
        min_rows: The number of rows that must have been learned before the model scores; 32
            when left out.
    """
    return _define(name or "pca", "pca", None, inputs, features, refresh, {"covariance": covariance, "explained": explained, "measure": measure, "min_rows": min_rows})


def pcr(
    target: str,
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    aicc: bool | None = None,
    clip_negative: bool | None = None,
    impute: Literal["mean", "conditional"] | None = None,
    intercept: bool | None = None,
    kind: Literal["first", "full"] | None = None,
    lambda_: float | None = None,
    max_iterations: int | None = None,
    max_lambda_power: float | None = None,
    min_lambda_power: float | None = None,
    min_rows: float | None = None,
    missing: Literal["pairwise", "complete"] | None = None,
    num_lambda: int | None = None,
    q: int | None = None,
    rcond: float | None = None,
    standardize: bool | None = None,
    tolerance: float | None = None,
) -> Definition:
    """Principal components regression: least squares on the first `q` principal components of the
    inputs (Massy 1965), or a lasso on the inputs and all their components together.

    Args:
        target: The attribute that is predicted, where the type predicts one.
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        aicc: Choose `lambda` (and `eta`) on a grid by the lowest AICc; false when left out.
        clip_negative: Replace predictions below 0 by 0; false when left out.
        impute: The value of an input that a row does not have: the `mean` of the input, or its
            expectation given the inputs that the row has (`conditional`: for a normal distribution
            with the learned covariance, Beale and Little 1975); "mean" when left out.
        intercept: Fit an intercept. Without an intercept the model is fitted to the values and
            not to their distances from the means, and `r2` compares with 0 and not with the mean,
            as in R and statsmodels; true when left out.
        kind: `first`: the first `q` components. `full`: a lasso with the options below on
            inputs and components together, which selects among both; "first" when left out.
        lambda_: The weight of the penalty (scikit-learn's `alpha`); 1 when left out.
        max_iterations: The maximum number of sweeps over the coefficients; 10000 when left out.
        max_lambda_power: The largest `lambda` of the grid is 10 to this power; 3 when left out.
        min_lambda_power: The smallest `lambda` of the grid is 10 to this power; -10 when left
            out.
        min_rows: The number of rows that must have been learned before the model predicts; 32
            when left out.
        missing: Which rows are used when values are missing. `pairwise`: for each pair of
            attributes, the rows that have both; beside categorical inputs the covariances of
            numbers are those within the values of the categories, and the means of each number by
            value are taken at the shares of the values in all rows, so numbers may be missing more
            often at some values. Pairs of other rows may not fit together: they give a matrix with
            a negative eigenvalue, or say that a combination of inputs hardly varies. Then the rows
            that have all numbers are used where there are five for each coefficient, beside
            categories for the covariances within these, and otherwise the nearest matrix without a
            negative eigenvalue; `warnings` say so. Standard errors and intervals of `ols` and bands
            of `gam` allow for pairs of other rows, for values that are missing by chance; where
            that makes those of `ols` more than twice as wide, or is not worked out (above 64 terms,
            without an intercept, products, pairs that do not fit together), `warnings` say so.
            `complete`: only rows that have the target and all inputs; this works for numeric inputs
            only; "pairwise" when left out.
        num_lambda: The number of `lambda` in the grid or in the path; 100 when left out.
        q: The number of components of `first`, at most the rank of the inputs; 2 when left out.
        rcond: The smallest variance of a component, as a share of that of the first; components
            below it are left out. 0 means 1e-14; 0 when left out.
        standardize: Divide each input by its standard deviation; true when left out.
        tolerance: The descent ends when no coefficient, times the standard deviation of its
            input, changes by more than this share of the standard deviation of the target. The
            equations of the coefficients that are not 0 are then solved exactly; 1e-7 when left
            out.
    """
    return _define(name or "pcr", "pcr", target, inputs, features, refresh, {"aicc": aicc, "clip_negative": clip_negative, "impute": impute, "intercept": intercept, "kind": kind, "lambda": lambda_, "max_iterations": max_iterations, "max_lambda_power": max_lambda_power, "min_lambda_power": min_lambda_power, "min_rows": min_rows, "missing": missing, "num_lambda": num_lambda, "q": q, "rcond": rcond, "standardize": standardize, "tolerance": tolerance})


def pls(
    target: str,
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    clip_negative: bool | None = None,
    impute: Literal["mean", "conditional"] | None = None,
    intercept: bool | None = None,
    min_rows: float | None = None,
    missing: Literal["pairwise", "complete"] | None = None,
    q: int | None = None,
    standardize: bool | None = None,
) -> Definition:
    """Partial least squares of one target with `q` components, from the covariance (the improved
    kernel algorithm of Dayal and MacGregor, J. Chemometrics 11, 1997), as scikit-learn's
    PLSRegression.

    Args:
        target: The attribute that is predicted, where the type predicts one.
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        clip_negative: Replace predictions below 0 by 0; false when left out.
        impute: The value of an input that a row does not have: the `mean` of the input, or its
            expectation given the inputs that the row has (`conditional`: for a normal distribution
            with the learned covariance, Beale and Little 1975); "mean" when left out.
        intercept: Fit an intercept. Without an intercept the model is fitted to the values and
            not to their distances from the means, and `r2` compares with 0 and not with the mean,
            as in R and statsmodels; true when left out.
        min_rows: The number of rows that must have been learned before the model predicts; 32
            when left out.
        missing: Which rows are used when values are missing. `pairwise`: for each pair of
            attributes, the rows that have both; beside categorical inputs the covariances of
            numbers are those within the values of the categories, and the means of each number by
            value are taken at the shares of the values in all rows, so numbers may be missing more
            often at some values. Pairs of other rows may not fit together: they give a matrix with
            a negative eigenvalue, or say that a combination of inputs hardly varies. Then the rows
            that have all numbers are used where there are five for each coefficient, beside
            categories for the covariances within these, and otherwise the nearest matrix without a
            negative eigenvalue; `warnings` say so. Standard errors and intervals of `ols` and bands
            of `gam` allow for pairs of other rows, for values that are missing by chance; where
            that makes those of `ols` more than twice as wide, or is not worked out (above 64 terms,
            without an intercept, products, pairs that do not fit together), `warnings` say so.
            `complete`: only rows that have the target and all inputs; this works for numeric inputs
            only; "pairwise" when left out.
        q: The number of components, at most the number of inputs. The model has fewer when
            these already explain everything that can be explained; 2 when left out.
        standardize: Divide each input by its standard deviation; true when left out.
    """
    return _define(name or "pls", "pls", target, inputs, features, refresh, {"clip_negative": clip_negative, "impute": impute, "intercept": intercept, "min_rows": min_rows, "missing": missing, "q": q, "standardize": standardize})


def poisson(
    target: str,
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    confidence: float | None = None,
    exact_rows: int | None = None,
    interval: Literal["none", "confidence"] | None = None,
    lambda_: float | None = None,
    min_rows: float | None = None,
    missing: Literal["mean", "complete"] | None = None,
    offset: str | None = None,
    weights: str | None = None,
) -> Definition:
    """Poisson regression of a count, the logarithm of whose mean is linear (McCullagh and Nelder,
    Generalized Linear Models, 1989, chapter 6), with an offset for the exposure, standard errors,
    p-values, ratios and a likelihood ratio test, as in statsmodels. Its likelihood is kept from
    when the model is defined; where inputs and target have few values (at most 32 different
    numbers; a Poisson count any), it is fitted exactly to all rows.

    Args:
        target: The attribute that is predicted, where the type predicts one.
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        confidence: The probability of the confidence intervals of coefficients; 0.95 when left
            out.
        exact_rows: The number of different rows that are kept as they are, of all shards
            together. Up to that number, and for good where no more rows differ (categories), the
            fit is the maximum of the likelihood to the last digits. Beyond it rows are added to
            sums, and the fit is asymptotically equal to the maximum; 2048 when left out.
        interval: The interval of each prediction: `confidence` (of what is predicted, not of
            the next value) or `none`; "none" when left out.
        lambda_: The ridge penalty lambda/2 times the sum of the squared coefficients of the
            standardised inputs, as 1/C of scikit-learn. With 0 there is none, unless the likelihood
            has no maximum (the classes are separated): then it is 1, and `warnings` say so; 0 when
            left out.
        min_rows: The number of rows that must have been learned before the model predicts; 32
            when left out.
        missing: What is made of a row that lacks an input when it is learned. `mean`: the input
            counts as being at its mean. `complete`: the row is left out. A prediction takes the
            mean; "mean" when left out.
        offset: A numeric attribute that is added to the linear predictor with a coefficient of
            1, such as the logarithm of an exposure. It is no input. A row without it is left out; a
            prediction without it takes 0.
        weights: A numeric attribute by which rows are weighted: a row of weight 3 counts as
            three equal rows. It is no input. A row without a weight above 0 is left out.
    """
    return _define(name or "poisson", "poisson", target, inputs, features, refresh, {"confidence": confidence, "exact_rows": exact_rows, "interval": interval, "lambda": lambda_, "min_rows": min_rows, "missing": missing, "offset": offset, "weights": weights})


def pool(
    target: str,
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    calibrate: Literal["none", "platt", "isotonic", "temperature"] | None = None,
    floor: float | None = None,
    half_life: float | None = None,
    members: Sequence[str] | None = None,
    threshold: float | None = None,
) -> Definition:
    """A mixture of other models of the project that predict the same target, a class or a number. Each
    weighs the more, the less its predictions of the last rows have cost: their log loss for
    classes, their absolute error for a number. `sml_score` counts these losses where documents have
    the target, in their order of arrival; before that, all weigh alike. Members that are warming up
    or fail are left out.

    Args:
        target: The attribute that is predicted, where the type predicts one.
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        calibrate: How probabilities are made to agree with how often classes occur, from the
            running evaluation of the model's own probabilities (`evaluate` of `sml_score`), one
            class against the rest. `platt`: a logistic function of the log odds, from 100 evaluated
            rows. `isotonic`: the best rising function, from 1,000. `temperature`: all log odds
            divided by one number, from 100. Before that, and for a class with less than 10 rows or
            less than 10 others, probabilities are the model's own; "none" when left out.
        floor: The share of each prediction that all members have alike, however much their
            predictions have cost. 1 always takes the mean of the members; 0.01 when left out.
        half_life: The number of rows after which the loss of a prediction counts half. Fewer
            follow a change faster; more tell models apart that are nearly equal; 500 when left out.
        members: The models that are mixed, by name, at most 32. Empty means all models of the
            project that predict the target and are no pools.
        threshold: With two classes: the lowest probability of the second class at which that
            class is predicted. 0 predicts the more probable class; 0 when left out.
    """
    return _define(name or "pool", "pool", target, inputs, features, refresh, {"calibrate": calibrate, "floor": floor, "half_life": half_life, "members": members, "threshold": threshold})


def power(
    target: str,
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    clip_negative: bool | None = None,
    confidence: float | None = None,
    impute: Literal["mean", "conditional"] | None = None,
    intercept: bool | None = None,
    interval: Literal["none", "prediction", "confidence"] | None = None,
    min_rows: float | None = None,
    missing: Literal["pairwise", "complete"] | None = None,
    predict: Literal["median", "mean"] | None = None,
    pseudo_inverse: bool | None = None,
    rcond: float | None = None,
) -> Definition:
    """Least squares on a power of the target (Yeo and Johnson 2000), the power with the highest
    profile likelihood among the powers that the project keeps. It brings the errors closer to a
    normal distribution. `power` of `sml_learn` says for which attributes powers are kept.
    Predictions and intervals are transformed back.

    Args:
        target: The attribute that is predicted, where the type predicts one.
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        clip_negative: Replace predictions below 0 by 0; false when left out.
        confidence: The probability of intervals of predictions and coefficients; 0.95 when left
            out.
        impute: The value of an input that a row does not have: the `mean` of the input, or its
            expectation given the inputs that the row has (`conditional`: for a normal distribution
            with the learned covariance, Beale and Little 1975); "mean" when left out.
        intercept: Fit an intercept. Without an intercept the model is fitted to the values and
            not to their distances from the means, and `r2` compares with 0 and not with the mean,
            as in R and statsmodels; true when left out.
        interval: The interval of each prediction: `prediction` (of the next value),
            `confidence` (of its median) or `none`; "none" when left out.
        min_rows: The number of rows that must have been learned before the model predicts; 32
            when left out.
        missing: Which rows are used when values are missing. `pairwise`: for each pair of
            attributes, the rows that have both; beside categorical inputs the covariances of
            numbers are those within the values of the categories, and the means of each number by
            value are taken at the shares of the values in all rows, so numbers may be missing more
            often at some values. Pairs of other rows may not fit together: they give a matrix with
            a negative eigenvalue, or say that a combination of inputs hardly varies. Then the rows
            that have all numbers are used where there are five for each coefficient, beside
            categories for the covariances within these, and otherwise the nearest matrix without a
            negative eigenvalue; `warnings` say so. Standard errors and intervals of `ols` and bands
            of `gam` allow for pairs of other rows, for values that are missing by chance; where
            that makes those of `ols` more than twice as wide, or is not worked out (above 64 terms,
            without an intercept, products, pairs that do not fit together), `warnings` say so.
            `complete`: only rows that have the target and all inputs; this works for numeric inputs
            only; "pairwise" when left out.
        predict: What is predicted: the `median`, which is the back-transformed prediction, or
            the `mean`, which also uses the variance of the errors as if they were normal (after N.
            Duan, Smearing estimate, JASA 78, 1983); "median" when left out.
        pseudo_inverse: Accept inputs that are linear combinations of others. They share a
            coefficient: the shortest solution in units of each input's standard deviation
            (Moore-Penrose); false when left out.
        rcond: The smallest reciprocal condition number that is accepted, and the smallest share
            of an input's variance that the other inputs may leave unexplained. 0 means 1e-14, or
            1e-26 when the statistics are extended; 0 when left out.
    """
    return _define(name or "power", "power", target, inputs, features, refresh, {"clip_negative": clip_negative, "confidence": confidence, "impute": impute, "intercept": intercept, "interval": interval, "min_rows": min_rows, "missing": missing, "predict": predict, "pseudo_inverse": pseudo_inverse, "rcond": rcond})


def qda(
    target: str,
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    calibrate: Literal["none", "platt", "isotonic", "temperature"] | None = None,
    covariance: Literal["empirical", "ridge", "identity_mixture", "ledoit_wolf", "rblw", "oas", "oas_large_p", "eigenvalue_truncation", "graphical_lasso"] | Mapping[str, Any] | None = None,
    impute: Literal["mean", "conditional"] | None = None,
    min_rows: float | None = None,
    missing: Literal["pairwise", "complete"] | None = None,
    pooling: float | None = None,
    priors: Mapping[str, Any] | Literal["observed", "uniform"] | None = None,
    pseudo_inverse: bool | None = None,
    rcond: float | None = None,
    threshold: float | Literal["balanced"] | None = None,
    unbiased: bool | None = None,
) -> Definition:
    """Quadratic discriminant analysis: a normal distribution for each class (The Elements of
    Statistical Learning, 2009, section 4.3), and with `pooling` the regularised one of Friedman.
    The project must be partitioned by the target.

    Args:
        target: The attribute that is predicted, where the type predicts one.
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        calibrate: How probabilities are made to agree with how often classes occur, from the
            running evaluation of the model's own probabilities (`evaluate` of `sml_score`), one
            class against the rest. `platt`: a logistic function of the log odds, from 100 evaluated
            rows. `isotonic`: the best rising function, from 1,000. `temperature`: all log odds
            divided by one number, from 100. Before that, and for a class with less than 10 rows or
            less than 10 others, probabilities are the model's own; "none" when left out.
        covariance: The estimator of covariances: its name, or an object with its name and its
            settings; "empirical" when left out.
        impute: The value of an input that a row does not have: the `mean` of the input, or its
            expectation given the inputs that the row has (`conditional`); "mean" when left out.
        min_rows: The number of rows that must have been learned before the model predicts; 32
            when left out.
        missing: Which rows are used when values are missing. `pairwise`: for each pair of
            attributes, the rows that have both. `complete`: only rows that have all numeric inputs
            and a numeric target; "pairwise" when left out.
        pooling: The share of the pooled covariance in the covariance of each class: 0 is qda, 1
            is lda. It is lambda of Friedman (Regularized discriminant analysis, JASA 84, 1989,
            equation 16). His gamma is `alpha` of the estimator `identity_mixture`; 0 when left out.
        priors: The assumed frequencies of the classes: as `observed`, `uniform`, or an object
            of weights by class. Weights are scaled to a sum of 1; "observed" when left out.
        pseudo_inverse: Accept inputs that other inputs determine. Directions in which no row
            varies within its class are left out; false when left out.
        rcond: The smallest reciprocal condition number of a covariance matrix that is accepted,
            and the smallest share of an input's variance that the other inputs may leave
            unexplained. 0 means 1e-14; 0 when left out.
        threshold: With two classes: the lowest probability of the second class at which that
            class is predicted. Lower it for a class that is rare or costly to miss. `balanced` is
            the prior probability of the second class, so that both classes count as equally
            frequent. 0 predicts the more probable class; 0 when left out.
        unbiased: Divide the scatter by the number of rows less the number of estimated means,
            as in R's MASS. Otherwise divide it by the number of rows (maximum likelihood); true
            when left out.
    """
    return _define(name or "qda", "qda", target, inputs, features, refresh, {"calibrate": calibrate, "covariance": covariance, "impute": impute, "min_rows": min_rows, "missing": missing, "pooling": pooling, "priors": priors, "pseudo_inverse": pseudo_inverse, "rcond": rcond, "threshold": threshold, "unbiased": unbiased})


def quantile(
    target: str,
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    confidence: float | None = None,
    exact_rows: int | None = None,
    interval: Literal["none", "confidence"] | None = None,
    lambda_: float | None = None,
    min_rows: float | None = None,
    missing: Literal["mean", "complete"] | None = None,
    offset: str | None = None,
    quantile: float | None = None,
    weights: str | None = None,
) -> Definition:
    """Quantile regression (Koenker, Quantile Regression, 2005): a quantile of the target, such as the
    median, that is linear in the inputs, with standard errors by the sandwich of Powell. Its
    likelihood is kept from when the model is defined; where inputs and target have few values (at
    most 32 different numbers; a Poisson count any), it is fitted exactly to all rows.

    Args:
        target: The attribute that is predicted, where the type predicts one.
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        confidence: The probability of the confidence intervals of coefficients; 0.95 when left
            out.
        exact_rows: The number of different rows that are kept as they are, of all shards
            together. Up to that number, and for good where no more rows differ (categories), the
            fit is the maximum of the likelihood to the last digits. Beyond it rows are added to
            sums, and the fit is asymptotically equal to the maximum; 2048 when left out.
        interval: The interval of each prediction: `confidence` (of what is predicted, not of
            the next value) or `none`; "none" when left out.
        lambda_: The ridge penalty lambda/2 times the sum of the squared coefficients of the
            standardised inputs, as 1/C of scikit-learn. With 0 there is none, unless the likelihood
            has no maximum (the classes are separated): then it is 1, and `warnings` say so; 0 when
            left out.
        min_rows: The number of rows that must have been learned before the model predicts; 32
            when left out.
        missing: What is made of a row that lacks an input when it is learned. `mean`: the input
            counts as being at its mean. `complete`: the row is left out. A prediction takes the
            mean; "mean" when left out.
        offset: A numeric attribute that is added to the linear predictor with a coefficient of
            1, such as the logarithm of an exposure. It is no input. A row without it is left out; a
            prediction without it takes 0.
        quantile: The quantile that is predicted: 0.5 is the median, 0.9 what nine of ten rows
            stay below; 0.5 when left out.
        weights: A numeric attribute by which rows are weighted: a row of weight 3 counts as
            three equal rows. It is no input. A row without a weight above 0 is left out.
    """
    return _define(name or "quantile", "quantile", target, inputs, features, refresh, {"confidence": confidence, "exact_rows": exact_rows, "interval": interval, "lambda": lambda_, "min_rows": min_rows, "missing": missing, "offset": offset, "quantile": quantile, "weights": weights})


def ridge(
    target: str,
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    clip_negative: bool | None = None,
    impute: Literal["mean", "conditional"] | None = None,
    intercept: bool | None = None,
    lambda_: float | Literal["auto", "folds"] | None = None,
    min_rows: float | None = None,
    missing: Literal["pairwise", "complete"] | None = None,
    rcond: float | None = None,
    standardize: bool | None = None,
) -> Definition:
    """Ridge regression (Hoerl and Kennard 1970): least squares plus `lambda` times the sum of squared
    coefficients, as scikit-learn's Ridge with `alpha`. Categorical inputs have a coefficient for
    every value.

    Args:
        target: The attribute that is predicted, where the type predicts one.
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        clip_negative: Replace predictions below 0 by 0; false when left out.
        impute: The value of an input that a row does not have: the `mean` of the input, or its
            expectation given the inputs that the row has (`conditional`: for a normal distribution
            with the learned covariance, Beale and Little 1975); "mean" when left out.
        intercept: Fit an intercept. Without an intercept the model is fitted to the values and
            not to their distances from the means, and `r2` compares with 0 and not with the mean,
            as in R and statsmodels; true when left out.
        lambda_: The weight of the squared coefficients relative to the sum of squared errors.
            `auto` chooses it by generalised cross-validation (Golub, Heath and Wahba 1979), `folds`
            by the error on the folds of the project, each predicted from all others; 1 when left
            out.
        min_rows: The number of rows that must have been learned before the model predicts; 32
            when left out.
        missing: Which rows are used when values are missing. `pairwise`: for each pair of
            attributes, the rows that have both; beside categorical inputs the covariances of
            numbers are those within the values of the categories, and the means of each number by
            value are taken at the shares of the values in all rows, so numbers may be missing more
            often at some values. Pairs of other rows may not fit together: they give a matrix with
            a negative eigenvalue, or say that a combination of inputs hardly varies. Then the rows
            that have all numbers are used where there are five for each coefficient, beside
            categories for the covariances within these, and otherwise the nearest matrix without a
            negative eigenvalue; `warnings` say so. Standard errors and intervals of `ols` and bands
            of `gam` allow for pairs of other rows, for values that are missing by chance; where
            that makes those of `ols` more than twice as wide, or is not worked out (above 64 terms,
            without an intercept, products, pairs that do not fit together), `warnings` say so.
            `complete`: only rows that have the target and all inputs; this works for numeric inputs
            only; "pairwise" when left out.
        rcond: The smallest reciprocal condition number that is accepted, and the smallest share
            of an input's variance that the other inputs may leave unexplained. 0 means 1e-14, or
            1e-26 when the statistics are extended; 0 when left out.
        standardize: Penalise each coefficient in units of the standard deviation (n) of its
            input; false when left out.
    """
    return _define(name or "ridge", "ridge", target, inputs, features, refresh, {"clip_negative": clip_negative, "impute": impute, "intercept": intercept, "lambda": lambda_, "min_rows": min_rows, "missing": missing, "rcond": rcond, "standardize": standardize})


def rs_hash(
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    cells: int | None = None,
    components: int | None = None,
    frame_rows: float | None = None,
    min_rows: float | None = None,
) -> Definition:
    """RS-Hash (Sathe and Aggarwal, ICDM 2016): how few rows share the row's boxes in randomly shifted
    grids over some random attributes. Counts add and subtract exactly.

    Args:
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        cells: The number of places into which the boxes of a grid are hashed; 512 when left
            out.
        components: The number of grids; 100 when left out.
        frame_rows: The number of first rows that fix the ranges of the attributes. Only later
            rows are counted; 256 when left out.
        min_rows: The number of rows that must have been learned before the model scores; 32
            when left out.
    """
    return _define(name or "rs_hash", "rs_hash", None, inputs, features, refresh, {"cells": cells, "components": components, "frame_rows": frame_rows, "min_rows": min_rows})


def svm(
    target: str,
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    calibrate: Literal["none", "platt", "isotonic", "temperature"] | None = None,
    impute: Literal["mean", "conditional"] | None = None,
    min_rows: float | None = None,
    missing: Literal["pairwise", "complete"] | None = None,
    nu: float | None = None,
    standardize: bool | None = None,
    threshold: float | Literal["balanced"] | None = None,
) -> Definition:
    """Proximal support vector machine, linear (Fung and Mangasarian, Proximal support vector machine
    classifiers, KDD 2001, equation 9); with more than two classes, each class against the rest.
    Categorical inputs have a weight for every value.

    Args:
        target: The attribute that is predicted, where the type predicts one.
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        calibrate: How probabilities are made to agree with how often classes occur, from the
            running evaluation of the model's own probabilities (`evaluate` of `sml_score`), one
            class against the rest. `platt`: a logistic function of the log odds, from 100 evaluated
            rows. `isotonic`: the best rising function, from 1,000. `temperature`: all log odds
            divided by one number, from 100. Before that, and for a class with less than 10 rows or
            less than 10 others, probabilities are the model's own; "none" when left out.
        impute: The value of an input that a row does not have: the `mean` of the input, or its
            expectation given the inputs that the row has (`conditional`); "mean" when left out.
        min_rows: The number of rows that must have been learned before the model predicts; 32
            when left out.
        missing: Which rows are used when values are missing. `pairwise`: for each pair of
            attributes, the rows that have both. `complete`: only rows that have all numeric inputs
            and a numeric target; "pairwise" when left out.
        nu: The weight of the squared distances from the proximal planes relative to the squares
            of the weights and of the offset; 1 when left out.
        standardize: Centre each input and divide it by its standard deviation first; true when
            left out.
        threshold: With two classes: the lowest probability of the second class at which that
            class is predicted. Lower it for a class that is rare or costly to miss. `balanced` is
            the prior probability of the second class, so that both classes count as equally
            frequent. 0 predicts the more probable class; 0 when left out.
    """
    return _define(name or "svm", "svm", target, inputs, features, refresh, {"calibrate": calibrate, "impute": impute, "min_rows": min_rows, "missing": missing, "nu": nu, "standardize": standardize, "threshold": threshold})


def svr(
    target: str,
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    clip_negative: bool | None = None,
    impute: Literal["mean", "conditional"] | None = None,
    intercept: bool | None = None,
    min_rows: float | None = None,
    missing: Literal["pairwise", "complete"] | None = None,
    nu: float | None = None,
    rcond: float | None = None,
    standardize: bool | None = None,
) -> Definition:
    """Proximal support vector regression, linear: the analogue of the proximal classifier of Fung and
    Mangasarian (KDD 2001), `nu` times the squared errors plus the squares of the coefficients and
    of the intercept, half each.

    Args:
        target: The attribute that is predicted, where the type predicts one.
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        clip_negative: Replace predictions below 0 by 0; false when left out.
        impute: The value of an input that a row does not have: the `mean` of the input, or its
            expectation given the inputs that the row has (`conditional`: for a normal distribution
            with the learned covariance, Beale and Little 1975); "mean" when left out.
        intercept: Fit an intercept. Without an intercept the model is fitted to the values and
            not to their distances from the means, and `r2` compares with 0 and not with the mean,
            as in R and statsmodels; true when left out.
        min_rows: The number of rows that must have been learned before the model predicts; 32
            when left out.
        missing: Which rows are used when values are missing. `pairwise`: for each pair of
            attributes, the rows that have both; beside categorical inputs the covariances of
            numbers are those within the values of the categories, and the means of each number by
            value are taken at the shares of the values in all rows, so numbers may be missing more
            often at some values. Pairs of other rows may not fit together: they give a matrix with
            a negative eigenvalue, or say that a combination of inputs hardly varies. Then the rows
            that have all numbers are used where there are five for each coefficient, beside
            categories for the covariances within these, and otherwise the nearest matrix without a
            negative eigenvalue; `warnings` say so. Standard errors and intervals of `ols` and bands
            of `gam` allow for pairs of other rows, for values that are missing by chance; where
            that makes those of `ols` more than twice as wide, or is not worked out (above 64 terms,
            without an intercept, products, pairs that do not fit together), `warnings` say so.
            `complete`: only rows that have the target and all inputs; this works for numeric inputs
            only; "pairwise" when left out.
        nu: The weight of the squared errors; 1 when left out.
        rcond: The smallest reciprocal condition number that is accepted, and the smallest share
            of an input's variance that the other inputs may leave unexplained. 0 means 1e-14, or
            1e-26 when the statistics are extended; 0 when left out.
        standardize: Centre each input and divide it by its standard deviation first; true when
            left out.
    """
    return _define(name or "svr", "svr", target, inputs, features, refresh, {"clip_negative": clip_negative, "impute": impute, "intercept": intercept, "min_rows": min_rows, "missing": missing, "nu": nu, "rcond": rcond, "standardize": standardize})


def zscore(
    *,
    name: str | None = None,
    inputs: Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    refresh: Mapping[str, Any] | None = None,
    min_rows: float | None = None,
    robust: bool | None = None,
) -> Definition:
    """The sum over the numeric attributes of the squared distance from the mean, in units of the
    standard deviation; `robust` takes other measures.

    Args:
        name: The name of the model; that of the type when left out.
        inputs: Attributes, or patterns such as s*; all but the target when left out.
        features: Which columns of the inputs are used: `linear` and what `expand` of sml_learn
            computes; linear when left out.
        refresh: How often the model is built anew: `rows` and `every`.
        min_rows: The number of rows that must have been learned before the model scores; 32
            when left out.
        robust: Use the median and 1.4826 times the median absolute deviation, both from the
            histogram, instead of the mean and the standard deviation; false when left out.
    """
    return _define(name or "zscore", "zscore", None, inputs, features, refresh, {"min_rows": min_rows, "robust": robust})


TYPES = {
    "adaptive": adaptive,
    "copod": copod,
    "density_forest": density_forest,
    "ecod": ecod,
    "elastic_net": elastic_net,
    "ensemble": ensemble,
    "forest": forest,
    "gam": gam,
    "gamma": gamma,
    "half_space_trees": half_space_trees,
    "hba": hba,
    "lasso": lasso,
    "lda": lda,
    "local_density": local_density,
    "loda": loda,
    "logistic": logistic,
    "mahalanobis": mahalanobis,
    "naive_bayes": naive_bayes,
    "negative_binomial": negative_binomial,
    "ols": ols,
    "pca": pca,
    "pcr": pcr,
    "pls": pls,
    "poisson": poisson,
    "pool": pool,
    "power": power,
    "qda": qda,
    "quantile": quantile,
    "ridge": ridge,
    "rs_hash": rs_hash,
    "svm": svm,
    "svr": svr,
    "zscore": zscore,
}
"""The functions by the name of the type."""
