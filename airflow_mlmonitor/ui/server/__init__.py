"""What answers the browser, under ``/mlmonitor`` of Airflow's api-server.

::

    application.py       the FastAPI application, put together
    access.py            who asks, and what they may: the only module that knows Airflow's API server
    origin.py            which requests may change something
    problems.py          what went wrong, as a document
    stores.py            the metrics store of the deployment, opened once
    recent.py            what was read in the last few seconds
    airflow_records.py   what Airflow itself knows: owners, due dates, task states, pipeline order
    reading_pages.py     documents of pages, with what only Airflow knows filled in
    data_routes.py       the documents as JSON
    action_routes.py     what people decide about an incident
    plain_routes.py      the same pages as HTML, for browsers without scripts and for links
    static_routes.py     what the browser loads

Only the api-server imports these: heavy imports may stand at their top.
"""

from __future__ import annotations
