from collections.abc import Iterator

import pytest
from prefect.testing.fixtures import asserting_events_worker, reset_worker_events  # noqa: F401
from prefect.testing.utilities import prefect_test_harness


@pytest.fixture(autouse=True, scope="session")
def server() -> Iterator[None]:
    with prefect_test_harness():
        yield
