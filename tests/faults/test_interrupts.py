"""A migration that a person or an orchestrator interrupts."""

import signal
from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel

from tests.support.processes import DOORS
from tests.support.revisions import Walk
from tests.support.waiting import until

Kernel = tuple[BlockingKernelClient, KernelManager]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_deployment_that_is_interrupted_is_run_again(slow: Walk, number: signal.Signals) -> None:
    """A4: scripts/run_migrations.py ends with an error, and its next run does all, once."""
    running = slow.start(DOORS["script"])
    until((slow.root / "slow").exists)
    running.signal(number)
    outcome = running.end()
    assert outcome.code != 0
    assert slow.heads == ("0001",)
    again = slow.start(DOORS["script"]).end()
    assert again.code == 0, again.text
    assert slow.heads == ("0002",)
    assert slow.value("SELECT n FROM counters WHERE id = 1") == 2


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_an_interrupted_deployment_leaves_nothing(slow: Walk) -> None:
    """A4: where DDL is rolled back, schema and rows are as before the interrupt."""
    before = slow.dump()
    running = slow.start(DOORS["script"])
    until((slow.root / "slow").exists)
    running.signal(signal.SIGINT)
    assert running.end().code != 0
    assert slow.dump() == before


@pytest.fixture
def kernel(slow: Walk) -> Iterator[Kernel]:
    """Give a running kernel in the project's root."""
    manager, client = start_new_kernel(
        startup_timeout=60, cwd=str(slow.root), env=slow.terminal.environment
    )
    yield client, manager
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def said(client: BlockingKernelClient, code: str) -> str:
    """Run a cell, and give the text that it prints or the name of its error."""
    printed: list[str] = []

    def see(message: dict[str, Any]) -> None:
        content = message["content"]
        printed.append(str(content.get("text", content.get("ename", ""))))

    client.execute_interactive(code, timeout=90, output_hook=see)
    return "".join(printed)


def reply(client: BlockingKernelClient, cell: str) -> dict[str, Any]:
    """Wait until a cell is done, and give what the kernel replies."""
    while (message := client.get_shell_msg(timeout=60))["parent_header"]["msg_id"] != cell:
        pass
    content: dict[str, Any] = message["content"]
    return content


def test_the_kernel_goes_on_after_an_interrupt(slow: Walk, kernel: Kernel) -> None:
    """A4: the interrupted cell raises, and later cells migrate as if nothing had happened."""
    client, manager = kernel
    ready = "from schema_lab import Lab; lab = Lab(); print(len(lab.current()))"
    assert said(client, ready) == "1\n"
    # Without it, ipykernel would abort the next cell, when that comes before the error is settled.
    cell = client.execute("lab.upgrade()", stop_on_error=False)
    until((slow.root / "slow").exists)
    manager.interrupt_kernel()
    assert reply(client, cell)["status"] == "error"
    again = (
        "try:\n    lab.upgrade()\n"
        "except Exception as error:\n    assert 'stopped partway' in str(error); lab.resume()\n"
        "print(lab.current().revisions[0].id)"
    )
    assert said(client, again).endswith("0002\n")
    assert slow.value("SELECT n FROM counters WHERE id = 1") == 2
