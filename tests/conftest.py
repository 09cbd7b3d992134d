"""Services that tests of several parts share."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hypothesis import settings

from tests.services.ceph import CephMissing, S3Service, ceph_gateway

# The same examples everywhere, and no deadline for each: a busy machine is no fault.
settings.load_profile("ci")


@pytest.fixture(scope="session")
def s3_service() -> Iterator[S3Service]:
    """A real S3 server for the whole run; skips, naming the programs, where they are not installed."""
    with ExitStack() as stack:
        try:
            service = stack.enter_context(ceph_gateway())
        except CephMissing as missing:
            pytest.skip(str(missing))
        yield service
