"""Where nobody looks, a skipped test is a failed one: a claim that was not checked must not look like one that holds.

Active where ``CI`` is set, or with ``--no-skips``. A machine may lack a browser or a GPU, and nothing else.
"""

import os
import re
from collections.abc import Iterator

import pytest

ALLOWED = (
    r"chromium is absent",
    r"no GPU",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the rule be asked for by hand."""
    parser.addoption(
        "--no-skips", action="store_true", help="a skip is a failure, but for a missing browser or GPU"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Turn the skip of a test into a failure."""
    report = yield
    _judge(report, item.config)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """Turn the skip of a whole module into a failure."""
    report = yield
    _judge(report, collector.config)
    return report


def _judge(report: pytest.TestReport | pytest.CollectReport, config: pytest.Config) -> None:
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    if not (config.getoption("--no-skips") or os.environ.get("CI")):
        return
    reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if not any(re.search(allowed, reason) for allowed in ALLOWED):
        report.outcome = "failed"
        report.longrepr = (
            f"wanted every test to run but for a missing browser or GPU, received {reason!r}: "
            "give the test what it needs in the repository"
        )
