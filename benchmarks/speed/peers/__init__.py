"""The tools compared with, each with the versions measured and a script that runs its drift comparison.

A script gets two parquet paths, reference and current, and ends by printing one JSON object: ``compared``, the number
of columns it has a drift figure for, and ``version``. It runs in the peer's own environment, so it may not import
anything of this repository. A new peer is a script here and an entry in ``PEERS``.
"""

from __future__ import annotations

from benchmarks.speed.peers.peer import Peer

PEERS: dict[str, Peer] = {
    "evidently": Peer(
        title="Evidently",
        script="evidently",
        requirements=(
            "evidently==0.7.23",
            "pandas==2.3.3",
            "numpy==2.4.6",
            "scipy==1.17.1",
            "pyarrow==26.0.1",
        ),
        pythons=((3, 11), (3, 13)),
        environment={"DO_NOT_TRACK": "1"},
    ),
    "nannyml": Peer(
        title="NannyML",
        script="nannyml",
        requirements=(
            "nannyml==0.13.1",
            "pandas==3.1.1",
            "numpy==2.4.6",
            "scipy==1.17.1",
            "pyarrow==26.0.1",
            "statsmodels==0.15.0",  # imported by its plots, not declared
        ),
        pythons=((3, 11), (3, 12)),
        environment={"NML_DISABLE_USAGE_LOGGING": "1"},
    ),
    "tfdv": Peer(
        title="TFDV",
        script="tfdv",
        requirements=(
            "tensorflow-data-validation==1.16.1",
            "tensorflow==2.16.2",
            "pandas==1.5.3",
            "numpy==1.26.4",
            "pyarrow==10.0.1",
            "dill==0.3.1.1",  # imported by tfx-bsl, no longer brought by apache-beam
        ),
        pythons=((3, 9), (3, 11)),
        environment={"TF_CPP_MIN_LOG_LEVEL": "3"},
    ),
    "whylogs": Peer(
        title="whylogs",
        script="whylogs",
        requirements=(
            "whylogs[viz]==1.6.4",
            "pandas==2.3.3",
            "numpy==1.26.4",
            "scipy==1.17.1",
            "pyarrow==21.0.0",
        ),
        pythons=((3, 11), (3, 12)),
        environment={"WHYLOGS_NO_ANALYTICS": "True"},
    ),
    "great_expectations": Peer(
        title="Great Expectations",
        script="great_expectations",
        requirements=(
            "great_expectations==1.24.1",
            "pandas==3.1.1",
            "numpy==2.4.6",
            "scipy==1.17.1",
            "pyarrow==26.0.1",
        ),
        pythons=((3, 11), (3, 13)),
        environment={"GX_ANALYTICS_ENABLED": "false"},
    ),
    "scipy": Peer(
        title="pandas + scipy",
        script="exact",
        requirements=("pandas==3.1.1", "scipy==1.17.1", "numpy==2.4.6", "pyarrow==26.0.1"),
        pythons=((3, 11), (3, 13)),
    ),
}
