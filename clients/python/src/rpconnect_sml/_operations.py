# Generated from the OpenAPI document by "go test ./plugin -run Docs -update"; do not edit.
# ruff: noqa: E501
"""The operations of the interface: questions, models and projects."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from urllib.parse import quote


class Operations(ABC):
    """What the methods are made of: one request."""

    @abstractmethod
    def _call(
        self, verb: str, path: str, query: Mapping[str, Any] | None = None, body: Any = None
    ) -> Any:
        """Sends a request and returns its answer."""


def _given(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


def _quoted(part: str) -> str:
    return quote(part, safe="")


class Questions(Operations):
    """The questions that can be asked of a project."""

    def anova(
        self,
        *,
        attribute: str | None = None,
        by: str | None = None,
        targets: Sequence[str] | None = None,
        attributes: Sequence[str] | None = None,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """One-way analysis of variance: the means of an attribute by the values of another, by several
        binary attributes, or of several attributes.

        Args:
            attribute: A numeric attribute.
            by: The categorical or binary attribute whose values are the groups.
            targets: Instead of by: binary attributes; the rows where each is 1 are a group.
            attributes: Instead of all these: numeric attributes, each a group of its own.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/anova", {"attribute": attribute, "by": by, "targets": targets, "attributes": attributes, "part": part, "wait": wait, "async": async_}, None)

    def bivariate(
        self,
        a: str,
        b: str,
        *,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """What is known about two attributes together: covariance and correlation with intervals,
        conditional moments, or counts.

        Args:
            a: Any attribute.
            b: Any attribute.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/bivariate", {"a": a, "b": b, "part": part, "wait": wait, "async": async_}, None)

    def cdf(
        self,
        attribute: str,
        x: float,
        *,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """The share of the values of a numeric attribute that are at most x, as a number.

        Args:
            attribute: A numeric attribute.
            x: The value.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/cdf", {"attribute": attribute, "x": x, "part": part, "wait": wait, "async": async_}, None)

    def chi2(
        self,
        a: str,
        b: str,
        *,
        yates: bool | None = None,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """Pearson's test of the independence of two categorical or binary attributes.

        Args:
            a: A categorical or binary attribute.
            b: A categorical or binary attribute.
            yates: Correct a 2 x 2 table for continuity; false when left out.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/chi2", {"a": a, "b": b, "yates": yates, "part": part, "wait": wait, "async": async_}, None)

    def conditional_density(
        self,
        attribute: str,
        given: str,
        *,
        points: int | None = None,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """The distribution of an attribute for values of another.

        Args:
            attribute: Any attribute.
            given: Any other attribute.
            points: At how many points; 10 when left out.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/conditional_density", {"attribute": attribute, "given": given, "points": points, "part": part, "wait": wait, "async": async_}, None)

    def correlation(
        self,
        a: str,
        b: str,
        *,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """Pearson's correlation of two numeric attributes, as a number.

        Args:
            a: A numeric attribute.
            b: A numeric attribute.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/correlation", {"a": a, "b": b, "part": part, "wait": wait, "async": async_}, None)

    def correlation_matrix(
        self,
        *,
        attributes: Sequence[str] | None = None,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """The correlations of numeric attributes, with the number of rows in each.

        Args:
            attributes: Numeric attributes; all when empty.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/correlation_matrix", {"attributes": attributes, "part": part, "wait": wait, "async": async_}, None)

    def covariance_matrix(
        self,
        *,
        attributes: Sequence[str] | None = None,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """The covariances of numeric attributes, with the number of rows in each.

        Args:
            attributes: Numeric attributes; all when empty.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/covariance_matrix", {"attributes": attributes, "part": part, "wait": wait, "async": async_}, None)

    def data_drift(
        self,
        *,
        attributes: Sequence[str] | None = None,
        metric: Literal["global", "marginal_stat", "marginal_non_stat", "pca_reconstruction_error"] | None = None,
        reference: str | None = None,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """How far two states of the project are apart, as one number and one for each numeric
        attribute, by one of four metrics.

        Args:
            attributes: Numeric or binary attributes; all of both states when empty.
            metric: The metric; "global" when left out.
            reference: The state that is compared with: history, window, decay, earlier (the
                history without the window), older or newer (halves of the window); shard:, key: or
                project: and a name. By default earlier for the window, history for decayed
                statistics and keys, and the halves of a window that is kept alone.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/data_drift", {"attributes": attributes, "metric": metric, "reference": reference, "part": part, "wait": wait, "async": async_}, None)

    def density(
        self,
        attribute: str,
        *,
        bins: int | None = None,
        min: float | None = None,
        max: float | None = None,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """Histogram and density of a numeric attribute in cells of one width.

        Args:
            attribute: A numeric attribute.
            bins: How many cells; 20 when left out.
            min: The lower edge; the least value when empty.
            max: The upper edge; the greatest value when empty.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/density", {"attribute": attribute, "bins": bins, "min": min, "max": max, "part": part, "wait": wait, "async": async_}, None)

    def drift(
        self,
        *,
        attributes: Sequence[str] | None = None,
        alpha: float | None = None,
        min_effect: float | None = None,
        joint: Literal["report", "verdict", "off"] | None = None,
        reference: str | None = None,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """What has changed between two states of the project: tests, effect sizes and a verdict for
        each attribute and for all together.

        Args:
            attributes: The attributes that are compared; all when empty.
            alpha: The rate of wrong verdicts where nothing has changed; 0.01 when left out.
            min_effect: The least `effect` of an attribute that counts as changed. With many
                rows the least change is significant; 0 when left out.
            joint: Whether the numeric attributes are also compared together, and whether that
                counts for the verdict; "report" when left out.
            reference: The state that is compared with: history, window, decay, earlier (the
                history without the window), older or newer (halves of the window); shard:, key: or
                project: and a name. By default earlier for the window, history for decayed
                statistics and keys, and the halves of a window that is kept alone.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/drift", {"attributes": attributes, "alpha": alpha, "min_effect": min_effect, "joint": joint, "reference": reference, "part": part, "wait": wait, "async": async_}, None)

    def ftest(
        self,
        attribute: str,
        *,
        versus: str | None = None,
        given: str | None = None,
        values: Sequence[str] | None = None,
        and_given: str | None = None,
        sigma: float | None = None,
        alternative: Literal["two-sided", "less", "greater"] | None = None,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """Test of two variances, or of one against a known standard deviation.

        Args:
            attribute: A numeric attribute.
            versus: A second numeric attribute, as an independent sample.
            given: Instead: a categorical or binary attribute, two of whose values make the two
                samples.
            values: The two values of given; not needed when it has just two.
            and_given: With given: compare where the binary given is 1 with where this binary is
                1.
            sigma: The known standard deviation.
            alternative: What is held against equality; "two-sided" when left out.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/ftest", {"attribute": attribute, "versus": versus, "given": given, "values": values, "and_given": and_given, "sigma": sigma, "alternative": alternative, "part": part, "wait": wait, "async": async_}, None)

    def gain(
        self,
        attribute: str,
        target: str,
        *,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """Information gain of an attribute about a target, in bits.

        Args:
            attribute: Any attribute but a list.
            target: Any attribute but a list.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/gain", {"attribute": attribute, "target": target, "part": part, "wait": wait, "async": async_}, None)

    def gains(
        self,
        target: str,
        *,
        attributes: Sequence[str] | None = None,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """Attributes ranked by their information gain about a target.

        Args:
            target: Any attribute but a list.
            attributes: The attributes; all others when empty.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/gains", {"target": target, "attributes": attributes, "part": part, "wait": wait, "async": async_}, None)

    def heavy_hitters(
        self,
        attribute: str,
        *,
        limit: int | None = None,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """The most frequent values of a categorical attribute or list, with the error of those that
        are estimated.

        Args:
            attribute: A categorical attribute or list.
            limit: How many; 10 when left out.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/heavy_hitters", {"attribute": attribute, "limit": limit, "part": part, "wait": wait, "async": async_}, None)

    def joint_density(
        self,
        a: str,
        b: str,
        *,
        by: str | None = None,
        bins: int | None = None,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """How two numeric attributes are distributed together, and by the values of a category.

        Args:
            a: A numeric attribute.
            b: Another numeric attribute.
            by: A categorical or binary attribute by whose values the rows are told apart; none
                when empty.
            bins: How many cells along each attribute; 30 when left out.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/joint_density", {"a": a, "b": b, "by": by, "bins": bins, "part": part, "wait": wait, "async": async_}, None)

    def partial_correlation(
        self,
        a: str,
        b: str,
        *,
        given: Sequence[str] | None = None,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """The correlation of two numeric attributes without the linear influence of others, with its
        test.

        Args:
            a: A numeric attribute.
            b: A numeric attribute.
            given: The others; all other numeric attributes when empty.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/partial_correlation", {"a": a, "b": b, "given": given, "part": part, "wait": wait, "async": async_}, None)

    def partial_correlation_matrix(
        self,
        *,
        attributes: Sequence[str] | None = None,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """The partial correlation of each pair of numeric attributes given all others, and the
        precision matrix.

        Args:
            attributes: Numeric attributes; all when empty.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/partial_correlation_matrix", {"attributes": attributes, "part": part, "wait": wait, "async": async_}, None)

    def pca(
        self,
        *,
        attributes: Sequence[str] | None = None,
        matrix: Literal["correlation", "covariance"] | None = None,
        components: int | None = None,
        share: float | None = None,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """Principal components of numeric attributes.

        Args:
            attributes: Numeric attributes; all when empty.
            matrix: What is decomposed; "correlation" when left out.
            components: At most how many; all when empty.
            share: No more than are needed for this share of the variance; all when empty.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/pca", {"attributes": attributes, "matrix": matrix, "components": components, "share": share, "part": part, "wait": wait, "async": async_}, None)

    def quantile(
        self,
        attribute: str,
        q: float,
        *,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """A quantile of a numeric attribute, as a number.

        Args:
            attribute: A numeric attribute.
            q: Which quantile.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/quantile", {"attribute": attribute, "q": q, "part": part, "wait": wait, "async": async_}, None)

    def svd(
        self,
        *,
        attributes: Sequence[str] | None = None,
        matrix: Literal["correlation", "covariance"] | None = None,
        tolerance: float | None = None,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """Singular values of the table of numeric attributes, each with the attribute that has most to
        do with it.

        Args:
            attributes: Numeric attributes; all when empty.
            matrix: What is decomposed; "correlation" when left out.
            tolerance: The singular value, against the largest, that counts as 0; 0 means the
                default; 1e-7 when left out.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/svd", {"attributes": attributes, "matrix": matrix, "tolerance": tolerance, "part": part, "wait": wait, "async": async_}, None)

    def svd_selection(
        self,
        *,
        attributes: Sequence[str] | None = None,
        tolerance: float | None = None,
        keep: int | None = None,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """The numeric attributes that are not singular: as many as the table has rank.

        Args:
            attributes: Numeric attributes; all when empty.
            tolerance: The singular value, against the largest, that counts as 0; 0 means the
                default; 1e-7 when left out.
            keep: How many to keep; the rank when empty.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/svd_selection", {"attributes": attributes, "tolerance": tolerance, "keep": keep, "part": part, "wait": wait, "async": async_}, None)

    def ttest(
        self,
        attribute: str,
        *,
        versus: str | None = None,
        given: str | None = None,
        values: Sequence[str] | None = None,
        and_given: str | None = None,
        mu: float | None = None,
        paired: bool | None = None,
        alternative: Literal["two-sided", "less", "greater"] | None = None,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """Student's test of two means (Welch's, and with pooled variance), of pairs, or of one mean.

        Args:
            attribute: A numeric attribute.
            versus: A second numeric attribute, as an independent sample.
            given: Instead: a categorical or binary attribute, two of whose values make the two
                samples.
            values: The two values of given; not needed when it has just two.
            and_given: With given: compare where the binary given is 1 with where this binary is
                1.
            mu: Instead of a second sample: the value to compare with.
            paired: Compare attribute and versus in the rows that have both; false when left
                out.
            alternative: What is held against equality; "two-sided" when left out.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/ttest", {"attribute": attribute, "versus": versus, "given": given, "values": values, "and_given": and_given, "mu": mu, "paired": paired, "alternative": alternative, "part": part, "wait": wait, "async": async_}, None)

    def univariate(
        self,
        attribute: str,
        *,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """Everything that is known about one attribute.

        Args:
            attribute: Any attribute.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/univariate", {"attribute": attribute, "part": part, "wait": wait, "async": async_}, None)

    def vif(
        self,
        *,
        attributes: Sequence[str] | None = None,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """Variance inflation factors of numeric attributes among each other.

        Args:
            attributes: Numeric attributes; all when empty.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/vif", {"attributes": attributes, "part": part, "wait": wait, "async": async_}, None)

    def ztest(
        self,
        attribute: str,
        *,
        versus: str | None = None,
        given: str | None = None,
        values: Sequence[str] | None = None,
        and_given: str | None = None,
        mu: float | None = None,
        sigma: float | None = None,
        proportions: bool | None = None,
        alternative: Literal["two-sided", "less", "greater"] | None = None,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """Test of two means or proportions, or of one, by the normal distribution.

        Args:
            attribute: A numeric attribute.
            versus: A second numeric attribute, as an independent sample.
            given: Instead: a categorical or binary attribute, two of whose values make the two
                samples.
            values: The two values of given; not needed when it has just two.
            and_given: With given: compare where the binary given is 1 with where this binary is
                1.
            mu: Instead of a second sample: the value to compare with.
            sigma: The known standard deviation.
            proportions: Compare the proportions of ones of binary attributes; false when left
                out.
            alternative: What is held against equality; "two-sided" when left out.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "explore/ztest", {"attribute": attribute, "versus": versus, "given": given, "values": values, "and_given": and_given, "mu": mu, "sigma": sigma, "proportions": proportions, "alternative": alternative, "part": part, "wait": wait, "async": async_}, None)


class ProjectOperations(Operations):
    """What can be done with a project and its models."""

    def activity(
        self,
    ) -> Any:
        """What a project and its models have done lately in this process: rows per second, quality,
        anomalies and alarms of the last hour.
        """
        return self._call("GET", "activity", {}, None)

    def alter_project(
        self,
        *,
        dry_run: bool | None = None,
        attributes: Mapping[str, Any] | None = None,
        conditional_bins: int | None = None,
        histogram_bins: int | None = None,
        max_attributes: int | None = None,
        max_categories: int | None = None,
        max_patterns: int | None = None,
        precision: Literal["auto", "extended", "double"] | None = None,
    ) -> Any:
        """Changes settings of a project, and types of its attributes, and says what becomes of what
        was learned.

        Args:
            dry_run: Only say what becomes of what was learned; false when left out.
            attributes: New types of attributes, by their names. What was learned of such an
                attribute begins anew.
            conditional_bins: The maximum number of bins of conditional histograms: one
                histogram for each number given each category or value of a binary attribute.
                `bivariate` needs them for conditional medians. `0` keeps none. Each histogram costs
                time and memory; 0 when left out.
            histogram_bins: The maximum number of bins of the histogram of an attribute; 512
                when left out.
            max_attributes: The maximum number of attributes. It counts for every learner of the
                project, whatever its own settings say.
            max_categories: The maximum number of values of a categorical attribute that are
                counted separately. It counts for every learner of the project, whatever its own
                settings say.
            max_patterns: The maximum number of presence patterns (combinations of attributes
                that a row has) with their own block of co-moments. Rows with further patterns go
                into a pairwise block, which is as exact but slower; 64 when left out.
            precision: The arithmetic of the co-moments. `extended` has about 31 digits.
                `double` has 16 digits and is faster with many attributes. `auto` takes `extended`
                up to 64 attributes; "auto" when left out.
        """
        return self._call("POST", "alter", {"dry_run": dry_run}, _given({"attributes": attributes, "conditional_bins": conditional_bins, "histogram_bins": histogram_bins, "max_attributes": max_attributes, "max_categories": max_categories, "max_patterns": max_patterns, "precision": precision}))

    def build_model(
        self,
        model: str,
        *,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """Builds a model from what has been learned by now.

        Args:
            model: The model.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("POST", f"models/{_quoted(model)}/build", {"wait": wait, "async": async_}, None)

    def compare(
        self,
        *,
        models: Sequence[str] | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """Models side by side, built from the same statistics: their quality, cross-validated and
        running.

        Args:
            models: Names between commas; all models when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "compare", {"models": models, "wait": wait, "async": async_}, None)

    def create_project(
        self,
        *,
        attributes: Mapping[str, Any] | None = None,
        conditional_bins: int | None = None,
        decay: Mapping[str, Any] | None = None,
        decimal_mark: Literal[".", ","] | None = None,
        entities: Mapping[str, Any] | None = None,
        folds: int | None = None,
        histogram_bins: int | None = None,
        infer: Literal["text", "json"] | None = None,
        max_patterns: int | None = None,
        missing_values: Sequence[str] | None = None,
        models: Sequence[Mapping[str, Any]] | None = None,
        partition: str | None = None,
        precision: Literal["auto", "extended", "double"] | None = None,
        schema_changes: Literal["accept", "refuse"] | None = None,
        thousands_mark: Literal["none", ",", ".", " ", "'", "_"] | None = None,
        timestamp_unit: Literal["auto", "s", "ms", "us", "ns"] | None = None,
        timezone: str | None = None,
        window: Mapping[str, Any] | None = None,
    ) -> Any:
        """Makes an empty project, with the models of the body and the settings of what it keeps and
        how it reads documents, which have the names of the fields of sml_learn.

        Args:
            attributes: The types of attributes by their names. Patterns and attributes that are
                ignored are settings of sml_learn.
            conditional_bins: The maximum number of bins of conditional histograms: one
                histogram for each number given each category or value of a binary attribute.
                `bivariate` needs them for conditional medians. `0` keeps none. Each histogram costs
                time and memory; 0 when left out.
            decay: Give old rows less weight: forward decay over event time. `timestamp` gives
                the time of a row. Weights are relative to the newest row, unless that row is more
                than 10 half-lives ahead of all others: then it waits until a second one is there.
                Tests, errors and intervals are those of the effective number of rows, (sum w)² /
                sum w².
            decimal_mark: The decimal mark of numbers in strings. A new project has `.`; a
                project keeps its setting. JSON numbers always have a point.
            entities: What the project keeps of each key.
            folds: The number of folds into which rows are hashed, so that models can be
                cross-validated without a second pass over the data. 0 means none; 0 when left out.
            histogram_bins: The maximum number of bins of the histogram of an attribute; 512
                when left out.
            infer: What the first value makes of an attribute that is not declared. `text`: a
                string that is a whole JSON number (`"5.1"`) makes it continuous, unless it has a
                leading zero or more than 15 digits before the point, as identifiers have; `"true"`
                and `"false"` make it binary. `json`: every string makes it categorical. A new
                project has `text`. A project keeps its setting as long as no learner sets another
                one; projects from before this setting have `json`.
            max_patterns: The maximum number of presence patterns (combinations of attributes
                that a row has) with their own block of co-moments. Rows with further patterns go
                into a pairwise block, which is as exact but slower; 64 when left out.
            missing_values: The strings that mean a missing value, in upper or lower case and
                with or without blanks around them. A new project has the empty string, `NaN`, `NA`,
                `N/A`, `null`, `none` and `-`. An empty list means that there are none. A project
                keeps its setting.
            models: Definitions of models.
            partition: A categorical or binary attribute. The project keeps one full set of
                statistics for each of its values, which quadratic discriminants need. This
                multiplies the memory by the number of values.
            precision: The arithmetic of the co-moments. `extended` has about 31 digits.
                `double` has 16 digits and is faster with many attributes. `auto` takes `extended`
                up to 64 attributes; "auto" when left out.
            schema_changes: What becomes of a row with an attribute that the project does not
                have. `accept`: the attribute is added. `refuse`: the row is marked as failed and
                nothing of it is learned, once the project has any attributes; new categories are
                accepted. A new project has `accept`; a project keeps its setting.
            thousands_mark: The mark between groups of three digits of numbers in strings. A
                blank also stands for no-break spaces. A new project has `none`; a project keeps its
                setting.
            timestamp_unit: The unit of numbers that are times since 1970: seconds,
                milliseconds, microseconds or nanoseconds. With `auto` the size tells them apart:
                seconds are below 1e11, milliseconds below 1e14, microseconds below 1e17. A new
                project has `auto`; a project keeps its setting; projects from before this setting
                have `s`.
            timezone: Where times without an offset are, such as `2024-03-31 02:30:00` or
                `2024-03-31`: a name of the IANA database or an offset (`+02:00`). A time that the
                clocks skip is read with the offset of before; of a time that occurs twice it is the
                first. A new project has `UTC`; a project keeps its setting.
            window: Keep only recent rows: old rows leave the statistics, a tile at a time. At
                least `period` or `rows` are kept, and at most one tile more. The window of `period`
                ends with the newest row, unless that row is further ahead of all others than the
                window is long: then it waits until a second one is there. Set `period` or `rows` to
                switch it on.
        """
        return self._call("POST", "create", {}, _given({"attributes": attributes, "conditional_bins": conditional_bins, "decay": decay, "decimal_mark": decimal_mark, "entities": entities, "folds": folds, "histogram_bins": histogram_bins, "infer": infer, "max_patterns": max_patterns, "missing_values": missing_values, "models": models, "partition": partition, "precision": precision, "schema_changes": schema_changes, "thousands_mark": thousands_mark, "timestamp_unit": timestamp_unit, "timezone": timezone, "window": window}))

    def define_model(
        self,
        name: str,
        type_: str,
        *,
        features: Sequence[Literal["linear", "splines", "bins", "products", "fourier"]] | None = None,
        inputs: Sequence[str] | None = None,
        options: Mapping[str, Any] | None = None,
        refresh: Mapping[str, Any] | None = None,
        target: str | None = None,
    ) -> Any:
        """Defines a model; one of that name is replaced.

        Args:
            name: The name: 1 to 100 letters, digits, _ and -.
            type_: The type of model; `types` lists them.
            features: Which columns of the inputs are used: `linear` and what `expand` of
                sml_learn computes; linear when left out.
            inputs: Attributes, or patterns such as s*; all but the target when left out.
            options: Options of the type.
            refresh: How often the model is built anew: `rows` and `every`.
            target: The attribute that is predicted, where the type predicts one.
        """
        return self._call("POST", "models", {}, _given({"features": features, "inputs": inputs, "name": name, "options": options, "refresh": refresh, "target": target, "type": type_}))

    def delete_model(
        self,
        model: str,
    ) -> Any:
        """Removes the definition of a model.

        Args:
            model: The model.
        """
        return self._call("POST", f"models/{_quoted(model)}/delete", {}, None)

    def delete_project(
        self,
        *,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """Deletes a project that nothing learns.

        Args:
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("POST", "delete", {"wait": wait, "async": async_}, None)

    def evaluation(
        self,
        model: str,
    ) -> Any:
        """How good the predictions of a model have been, where an sml_score evaluates it: accuracy and
        the like of classes, errors of numbers. null where there is none.

        Args:
            model: The model.
        """
        return self._call("GET", f"models/{_quoted(model)}/evaluation", {}, None)

    def evaluation_detail(
        self,
        model: str,
        *,
        rows: Literal["all", "window", "decayed"] | None = None,
        class_: str | None = None,
    ) -> Any:
        """What plots of the evaluation of a model are drawn from: curves and calibration of a class,
        or predictions and residuals of a number, and the quality over time.

        Args:
            model: The model.
            rows: Over which rows: all, those of the window, or all with older ones weighing
                less; "all" when left out.
            class_: The class whose curves are told; the last one when empty.
        """
        return self._call("GET", f"models/{_quoted(model)}/evaluation-detail", {"rows": rows, "class": class_}, None)

    def export_project(
        self,
        *,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """The whole project as a file.

        Args:
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "export", {"wait": wait, "async": async_}, None)

    def forget_shard(
        self,
        shard: str,
    ) -> Any:
        """Forgets everything that one shard has added to a project, such as a source that was merged.
        Its positions stay.

        Args:
            shard: The shard, as info lists it.
        """
        return self._call("POST", "forget-shard", {"shard": shard}, None)

    def freeze_model(
        self,
        model: str,
        version: str,
        *,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """Keeps a version of a model.

        Args:
            model: The model.
            version: The name of the version.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("POST", f"models/{_quoted(model)}/freeze", {"wait": wait, "async": async_}, _given({"version": version}))

    def freeze_project(
        self,
    ) -> Any:
        """Lets a project learn nothing until it is unfrozen.
        """
        return self._call("POST", "freeze", {}, None)

    def import_project(
        self,
        file: bytes,
        *,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """Makes a project of an exported file.

        Args:
            file: The exported file.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("POST", "import", {"wait": wait, "async": async_}, file)

    def incidents(
        self,
        *,
        name: str | None = None,
        key: str | None = None,
        state: Literal["any", "open", "closed"] | None = None,
        limit: int | None = None,
    ) -> Any:
        """The incidents of a project: those that are open, then those that were closed last, and how
        many alarms of how many rows each name has made into how many incidents.

        Args:
            name: The name of an sml_incidents. Without it, those of all.
            key: The key of the incidents. Without it, those of all keys.
            state: Whether incidents are open or closed; "any" when left out.
            limit: How many open incidents at most, and how many closed ones; 100 when left out.
        """
        return self._call("GET", "incidents", {"name": name, "key": key, "state": state, "limit": limit}, None)

    def live(
        self,
    ) -> Any:
        """How a project is doing: rows, rows per second, staleness, shards.
        """
        return self._call("GET", "live", {}, None)

    def members(
        self,
        model: str,
    ) -> Any:
        """What the members of a pool, or of an adaptive model, have weighed and cost over time, where
        an sml_score or a test row by row has counted it. null where nothing has been counted.

        Args:
            model: The model.
        """
        return self._call("GET", f"models/{_quoted(model)}/members", {}, None)

    def merge_project(
        self,
        *,
        from_: str | None = None,
        name: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
        file: bytes | None = None,
    ) -> Any:
        """Adds an exported file, or another project of the cache, to a project, by the names of
        attributes. The same content counts once.

        Args:
            from_: A project of the cache, instead of a body.
            name: A name for the source: a later export under it takes the place of the earlier
                one.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
            file: The exported file.
        """
        return self._call("POST", "merge", {"from": from_, "name": name, "wait": wait, "async": async_}, file)

    def model(
        self,
        model: str,
        *,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """Everything that is known about a model, built from what has been learned.

        Args:
            model: The model.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", f"models/{_quoted(model)}", {"wait": wait, "async": async_}, None)

    def models(
        self,
    ) -> Any:
        """The models of a project.
        """
        return self._call("GET", "models", {}, None)

    def over_time(
        self,
        attribute: str,
        *,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """One attribute in each step of the window that the project keeps.

        Args:
            attribute: Any attribute.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "over-time", {"attribute": attribute, "wait": wait, "async": async_}, None)

    def plot_bivariate(
        self,
        a: str,
        b: str,
        *,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """Two numeric attributes: their ellipses of 50, 90 and 99 %, their means and the line of least
        squares.

        Args:
            a: A numeric attribute.
            b: A numeric attribute.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "plots/bivariate", {"a": a, "b": b, "part": part, "wait": wait, "async": async_}, None)

    def plot_correlation(
        self,
        *,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """The correlations of the numeric attributes as a heat map.

        Args:
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "plots/correlation", {"part": part, "wait": wait, "async": async_}, None)

    def plot_histogram(
        self,
        attribute: str,
        *,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """The histogram of an attribute.

        Args:
            attribute: A numeric attribute.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "plots/histogram", {"attribute": attribute, "part": part, "wait": wait, "async": async_}, None)

    def plot_pca(
        self,
        *,
        attributes: Sequence[str] | None = None,
        part: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """The loadings of the first two principal components.

        Args:
            attributes: The numeric attributes, between commas or as a JSON array; all when
                empty.
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "plots/pca", {"attributes": attributes, "part": part, "wait": wait, "async": async_}, None)

    def plot_scores(
        self,
        model: str,
        *,
        label: str | None = None,
        usual: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """The last scores of a model over time, with its thresholds and the quantiles of all scores.

        Args:
            model: The model.
            label: The field of the documents that has the true label.
            usual: The value of the label that is not an anomaly; rows of others are ringed.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", f"models/{_quoted(model)}/plot", {"label": label, "usual": usual, "wait": wait, "async": async_}, None)

    def project(
        self,
    ) -> Any:
        """What a project holds.
        """
        return self._call("GET", "", {}, None)

    def questions(
        self,
    ) -> Any:
        """The questions that can be asked of a project.
        """
        return self._call("GET", "questions", {}, None)

    def rename_project(
        self,
        name: str,
        *,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """Gives a project that nothing learns another name.

        Args:
            name: The name: 1 to 100 letters, digits, _ and -.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("POST", "rename", {"wait": wait, "async": async_}, _given({"name": name}))

    def reset_threshold(
        self,
        scores: str,
    ) -> Any:
        """Lets the settings of the components of a threshold count again. The scores that it is read
        off stay.

        Args:
            scores: The scores.
        """
        return self._call("POST", f"thresholds/{_quoted(scores)}/reset", {}, None)

    def scores(
        self,
        model: str,
        *,
        label: str | None = None,
        recent: int | None = None,
    ) -> Any:
        """The last and the highest scores that this process has given with a model.

        Args:
            model: The model.
            label: The field of the documents that has the true label.
            recent: How many of the last scores at most; all that are remembered when empty.
        """
        return self._call("GET", f"models/{_quoted(model)}/scores", {"label": label, "recent": recent}, None)

    def serve_model(
        self,
        model: str,
        version: str,
    ) -> Any:
        """Lets a kept version answer for a model. An empty version means the current model.

        Args:
            model: The model.
            version: The name of the version.
        """
        return self._call("POST", f"models/{_quoted(model)}/serve", {}, _given({"version": version}))

    def set_threshold(
        self,
        scores: str,
        *,
        alpha: float | None = None,
        initial_quantile: float | None = None,
        method: Literal["evt", "quantile"] | None = None,
        two_sided: bool | None = None,
        warm_up: float | None = None,
    ) -> Any:
        """Sets options of a threshold in place of those of its components, in every process within
        their `refresh`, until it is reset. Options that are left out stay as they are.

        Args:
            scores: The scores.
            alpha: The share of usual values that raise an alarm; 0.001 when left out.
            initial_quantile: The quantile at which the tail begins that `evt` fits. It is 0.95
                when 0 or left out, or a longer tail when `alpha` needs one.
            method: How the threshold is computed. `evt` fits the tail of the values so far
                (peaks over threshold). `quantile` takes their quantile 1 - `alpha`; "evt" when left
                out.
            two_sided: Raise alarms on low values too. Each side then has half of `alpha`; false
                when left out.
            warm_up: The number of values before the first alarm; 1000 when left out.
        """
        return self._call("POST", f"thresholds/{_quoted(scores)}/set", {}, _given({"alpha": alpha, "initial_quantile": initial_quantile, "method": method, "two_sided": two_sided, "warm_up": warm_up}))

    def summary(
        self,
        *,
        part: str | None = None,
        like: str | None = None,
        wait: float | None = None,
        async_: bool | None = None,
    ) -> Any:
        """Every attribute at once: its univariate statistics and, of a number, its histogram, without
        the outermost values where they lie far out.

        Args:
            part: Which of the statistics that are kept side by side: history, window or decay;
                earlier, older or newer (parts of history and window); key:, shard: or project: and
                a name; the main ones when empty.
            like: The part whose ranges the histograms have, to compare two.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
        """
        return self._call("GET", "summary", {"part": part, "like": like, "wait": wait, "async": async_}, None)

    def threshold(
        self,
        scores: str,
        *,
        method: Literal["evt", "quantile"] | None = None,
        alpha: float | None = None,
        initial_quantile: float | None = None,
        two_sided: bool | None = None,
        warm_up: float | None = None,
    ) -> Any:
        """The threshold of the scores of a model, or of a watched value (watch.NAME); with options,
        what it would be with these.

        Args:
            scores: The scores.
            method: How the threshold is computed. `evt` fits the tail of the values so far
                (peaks over threshold). `quantile` takes their quantile 1 - `alpha`; "evt" when left
                out.
            alpha: The share of usual values that raise an alarm; 0.001 when left out.
            initial_quantile: The quantile at which the tail begins that `evt` fits. It is 0.95
                when 0 or left out, or a longer tail when `alpha` needs one.
            two_sided: Raise alarms on low values too. Each side then has half of `alpha`; false
                when left out.
            warm_up: The number of values before the first alarm; 1000 when left out.
        """
        return self._call("GET", f"thresholds/{_quoted(scores)}", {"method": method, "alpha": alpha, "initial_quantile": initial_quantile, "two_sided": two_sided, "warm_up": warm_up}, None)

    def thresholds(
        self,
    ) -> Any:
        """The thresholds of all scores and watched values of a project: what each is now, of how many
        scores, and by which settings.
        """
        return self._call("GET", "thresholds", {}, None)

    def timeline(
        self,
        model: str,
        *,
        label: str | None = None,
        seconds: int | None = None,
    ) -> Any:
        """The scores that this process has given with a model by when: in each step how many, how many
        anomalies, and the rows of the extremes.

        Args:
            model: The model.
            label: The field of the documents that has the true label.
            seconds: How far back. Up to 300 the steps are of a second, up to 3600 of ten
                seconds, beyond of five minutes; 300 when left out.
        """
        return self._call("GET", f"models/{_quoted(model)}/timeline", {"label": label, "seconds": seconds}, None)

    def try_model(
        self,
        type_: str,
        *,
        wait: float | None = None,
        async_: bool | None = None,
        features: Sequence[Literal["linear", "splines", "bins", "products", "fourier"]] | None = None,
        inputs: Sequence[str] | None = None,
        name: str | None = None,
        options: Mapping[str, Any] | None = None,
        refresh: Mapping[str, Any] | None = None,
        target: str | None = None,
    ) -> Any:
        """Builds a model of what has been learned and describes it; nothing is stored. A name can be
        left out.

        Args:
            type_: The type of model; `types` lists them.
            wait: How many seconds to wait for the answer. What takes longer goes on as a job:
                the answer has the status 202 and names it; 4 when left out.
            async_: Make a job of it at once, as wait=0 does; false when left out.
            features: Which columns of the inputs are used: `linear` and what `expand` of
                sml_learn computes; linear when left out.
            inputs: Attributes, or patterns such as s*; all but the target when left out.
            name: The name: 1 to 100 letters, digits, _ and -.
            options: Options of the type.
            refresh: How often the model is built anew: `rows` and `every`.
            target: The attribute that is predicted, where the type predicts one.
        """
        return self._call("POST", "try", {"wait": wait, "async": async_}, _given({"features": features, "inputs": inputs, "name": name, "options": options, "refresh": refresh, "target": target, "type": type_}))

    def unfreeze_project(
        self,
    ) -> Any:
        """Lets a project learn again.
        """
        return self._call("POST", "unfreeze", {}, None)


class ServerOperations(Operations):
    """What can be asked of a server."""

    def cancel_job(
        self,
        job: str,
    ) -> Any:
        """Cancels a job.

        Args:
            job: The job.
        """
        return self._call("POST", f"jobs/{_quoted(job)}/cancel", {}, None)

    def job(
        self,
        job: str,
    ) -> Any:
        """How a job is doing.

        Args:
            job: The job.
        """
        return self._call("GET", f"jobs/{_quoted(job)}", {}, None)

    def job_result(
        self,
        job: str,
    ) -> Any:
        """The answer of a job, as its request would have been given it; 202 while it runs.

        Args:
            job: The job.
        """
        return self._call("GET", f"jobs/{_quoted(job)}/result", {}, None)

    def jobs(
        self,
    ) -> Any:
        """The requests whose answers took longer than they wanted to wait, the newest first.
        """
        return self._call("GET", "jobs", {}, None)

    def model_types(
        self,
    ) -> Any:
        """The model types with their options.
        """
        return self._call("GET", "types", {}, None)

    def openapi(
        self,
    ) -> Any:
        """This document.
        """
        return self._call("GET", "openapi.json", {}, None)

    def projects(
        self,
    ) -> Any:
        """The projects.
        """
        return self._call("GET", "projects", {}, None)
