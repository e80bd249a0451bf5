"""How much a test that tries a lot tries: the same examples each time, or many more from a seed.

`--soak TIMES` draws so many times more, by chance; `--hypothesis-seed` says which chance.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

_COUNT = 100

# WORKAROUND: hypothesis 6.170 also draws constants of the modules of the project that happen to be
# imported; which those are depends on what ran before in the process.
providers._get_local_constants = lambda: providers._local_constants

# Nothing here depends on how fast the machine is, nor on what an earlier run found.
_unhurried = settings(
    deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow], print_blob=False
)
settings.register_profile("steady", _unhurried, max_examples=_COUNT, derandomize=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--soak", type=int, metavar="TIMES", help="draw so many times more examples, by chance"
    )


def pytest_configure(config: pytest.Config) -> None:
    times = config.getoption("soak")
    if times:
        settings.register_profile(
            "soak", _unhurried, max_examples=_COUNT * times, derandomize=False
        )
    settings.load_profile("soak" if times else "steady")


@pytest.fixture
def long(request: pytest.FixtureRequest) -> bool:
    """Whether there is time for all of a matrix, of which `make test` tries a part."""
    return bool(request.config.getoption("soak"))


def examples(count: int) -> settings:
    """For a test whose examples take long: so many of them where others draw 100."""
    return settings(max_examples=count * settings().max_examples // _COUNT)
