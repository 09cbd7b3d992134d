"""Copies made later of packages that a released version wrote: the record is known again when it is delivered."""

from dataclasses import replace

from pipeline.bootstrap import open_archive
from pipeline.domain.outcomes import State
from pipeline.domain.records import Role
from pipeline.formats.policy import Rule
from pipeline.routes.derive import derive
from pipeline.routes.runners import ThreadRunner
from pipeline.services import open_services
from tests.makers.golden_delivery import PNG
from tests.makers.golden_home import GoldenHome, expected_states, states
from tests.makers.services import Silent

MASTER = Rule(handler="image", action="pages", role=Role.PRESERVATION, kind="image")


def test_a_version_after_one_of_format_1(golden: GoldenHome) -> None:
    with open_archive(golden.terminal.home) as archive, open_services(archive) as services:
        policy = replace(services.policy, rules=(*services.policy.rules, MASTER))
        services = replace(services, policy=policy)
        report = derive([PNG], services=services, runner=ThreadRunner(2), progress=Silent())
        assert [outcome.state for outcome in report.outcomes] == [State.STORED], report.outcomes
        first, second = archive.register.index(PNG, 1), archive.register.index(PNG)
    assert first is not None and second is not None and second.version == 2
    assert (second.prefix, second.content, second.fingerprint) == (first.prefix, first.content, first.fingerprint)
    assert golden.terminal.type("audit", PNG).code == 0
    assert golden.terminal.type("verify", PNG).code == 0
    done = golden.terminal.type("ingest", golden.elsewhere(golden.delivery), "--json")
    assert states(done.json) == expected_states()
