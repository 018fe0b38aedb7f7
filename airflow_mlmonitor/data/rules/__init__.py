"""What a baseline's rows always did, and how later rows keep it: one file a kind of rule, all of them listed here.

Each of these modules has a function ``learn(view, days)``. It gets a sample of the baseline's rows in their order, as a
:class:`~airflow_mlmonitor.data.rules.view.BatchView`, and the number of each row's day (-1 where that is not known),
and returns the rules that hold there. Of no rows at all it returns the rules that need no learning, so that a monitor
without a baseline has those.

A measure of one column has that as its ``column``, and one that takes several has their names with ``+`` between, as
in the rule's key; what tells apart two measures of one rule is the name.
"""

from __future__ import annotations

from airflow_mlmonitor.data.rules import (
    agreeing,
    grid,
    identity,
    joined,
    known,
    mask,
    order,
    ordered,
    pair,
    segment,
    triple,
    within,
    written,
)

__all__ = [
    "agreeing",
    "grid",
    "identity",
    "joined",
    "known",
    "mask",
    "order",
    "ordered",
    "pair",
    "segment",
    "triple",
    "within",
    "written",
]
