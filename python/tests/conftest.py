# `pytester` forgets what was imported first while it runs.
import prefect_events._types  # noqa: F401

pytest_plugins = ["pytester"]
