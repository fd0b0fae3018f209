from collections.abc import Iterator

import pytest
from prefect.testing.fixtures import asserting_events_worker, reset_worker_events  # noqa: F401
from prefect.testing.utilities import prefect_test_harness


@pytest.fixture(scope="session")
def server() -> Iterator[None]:
    # A busy machine takes longer than the 30 seconds that are the default.
    with prefect_test_harness(server_startup_timeout=180):
        yield
