"""What can go wrong, as one tree.

::

    MLMonitorError
    ├── ConfigurationError      what a person wrote cannot work; trying again changes nothing
    ├── DataError               the rows cannot be read as asked: missing file, broken file, missing column
    │   ├── SourceUnavailable   the database or store that holds the rows cannot be reached; trying again may help
    │   └── EncodingError       stored bytes are not a profile this version can read
    ├── BaselineMissing         the named baseline was never pinned
    ├── NotDelivered            a message could not be sent; trying again may help
    └── StoreError              the metrics store
        ├── StoreUnavailable    it cannot be reached, is full or is locked; trying again may help
        ├── StoreOutdated       its tables are older or newer than this package
        │   └── StoreEmpty      it has no tables yet
        └── WindowClaimed       another task already owns this monitor and window

Every message names the thing and the fix.
"""

from __future__ import annotations


class MLMonitorError(Exception):
    """Everything this package raises on purpose."""


class ConfigurationError(MLMonitorError):
    """What a person wrote cannot work; trying again changes nothing."""


class DataError(MLMonitorError):
    """The rows cannot be read as asked."""


class SourceUnavailable(DataError):
    """The database or store that holds the rows cannot be reached; trying again may help."""


class EncodingError(DataError):
    """Stored bytes are not a profile this version can read."""


class BaselineMissing(MLMonitorError):
    """The named baseline was never pinned."""


class NotDelivered(MLMonitorError):
    """A message could not be sent; trying again may help."""


class StoreError(MLMonitorError):
    """The metrics store refused or failed; nothing was half-written."""


class StoreUnavailable(StoreError):
    """The store cannot be reached, is full or is locked; trying again may help."""


class StoreOutdated(StoreError):
    """The store's tables are older or newer than this package."""


class StoreEmpty(StoreOutdated):
    """The store has no tables yet, so no monitor can have run."""


class WindowClaimed(StoreError):
    """Another task already owns this monitor and window."""
