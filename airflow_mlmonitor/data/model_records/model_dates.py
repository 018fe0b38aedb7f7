"""When a model was trained, on what, and since when it is the one to be used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self


@dataclass(frozen=True, kw_only=True)
class ModelDates:
    """When a model was trained, on what, and since when it is the one to be used; None is what nobody wrote down.

    Parameters
    ----------
    version
        Its name.
    trained
        When it was trained.
    basis
        How that is known, where it was not written down, such as ``when the file was written``.
    data_until
        The newest moment in its training data.
    attempted
        When it was last tried to train the model anew.
    attempt
        How that ended, in one word.
    promoted
        Since when it is the one to be used.
    later
        Fields that are left empty because they lie after the moment that is looked from.

    Examples
    --------
    >>> from datetime import UTC
    >>> dates = ModelDates(version="v3", trained=datetime(2013, 3, 2, tzinfo=UTC))
    >>> dates.as_of(datetime(2013, 2, 1, tzinfo=UTC))
    ModelDates(version='v3', trained=None, basis='', data_until=None, attempted=None, attempt='', promoted=None, \
later=('trained',))
    """

    version: str = ""
    trained: datetime | None = None
    basis: str = ""
    data_until: datetime | None = None
    attempted: datetime | None = None
    attempt: str = ""
    promoted: datetime | None = None
    later: tuple[str, ...] = ()

    def as_of(self, moment: datetime) -> Self:
        """What was known of it at a moment: of what came after, nothing."""
        told = {name: getattr(self, name) for name in ("trained", "data_until", "attempted", "promoted")}
        later = tuple(name for name, when in told.items() if when is not None and when > moment)
        unknown: dict[str, Any] = dict.fromkeys(later)
        return replace(self, **unknown, later=(*self.later, *later)) if later else self
