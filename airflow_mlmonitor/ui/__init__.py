"""What people see of it in Airflow's UI.

::

    plugin.py     what Airflow loads, in every process: light
    static/       what the browser loads: tabs, pages and the banner, as plain JavaScript and CSS
    server/       what answers them, in the api-server only: JSON, pages without scripts, and what people decide

Everything it says comes from :mod:`airflow_mlmonitor.pages`; here it is only asked who may read it.
"""

from __future__ import annotations
