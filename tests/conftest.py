"""Services that tests of several parts share."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hypothesis import settings

from tests.services.ceph import CephMissing, S3Service, ceph_gateway

# The same examples everywhere, and no deadline for each: a busy machine is no fault. `./run fuzz` takes others.
settings.load_profile("ci")
settings.register_profile("fuzz", parent=settings.get_profile("ci"), max_examples=1000, derandomize=False)

SERVERS = {"s3_service", "prefect_api"}
STARTING_LANTAI = ("Terminal", "GoldenHome", "ProgramCopy")
"""Who uses one of them starts `lantai` as a process of its own, most of them several times: seconds each."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Which tests need a server, or start programs, is known from what they ask for and use. Of several workers one
    gets all tests of Prefect, so that its server is started once; and long tests begin first, so that none is left
    alone at the end."""
    for item in items:
        asked = SERVERS.intersection(getattr(item, "fixturenames", ()))
        if asked:
            item.add_marker(pytest.mark.server)
        if any(hasattr(getattr(item, "module", None), name) for name in STARTING_LANTAI):
            item.add_marker(pytest.mark.slow)
        if "prefect_api" in asked:
            item.add_marker(pytest.mark.xdist_group("prefect"))
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def s3_service() -> Iterator[S3Service]:
    """A real S3 server for the whole run; skips, naming the programs, where they are not installed."""
    with ExitStack() as stack:
        try:
            service = stack.enter_context(ceph_gateway())
        except CephMissing as missing:
            pytest.skip(str(missing))
        yield service
