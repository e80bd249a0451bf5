"""Pytest processes that share the files: nothing is left out, and all that fails is told."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import side_by_side
from tests.helpers.display import wait_for
from tests.helpers.handed_out import Ended, Reported, Started
from tests.helpers.programs import ROOT
from tests.helpers.progress import Progress

RUN = """
import sys
import tests.side_by_side as side_by_side
side_by_side._HANGS = 1.0
sys.exit(side_by_side.run({}, ["."], sys.stdout))
"""

GREEN = "def test():\n    pass\n"
NOTING = """
import os
import pytest

def note(text):
    with open("notes", "a") as file:
        file.write(f"{os.getpid()} {__name__} {text}\\n")

@pytest.fixture(scope="module", autouse=True)
def module():
    note("begins")
    yield
    note("ends")

@pytest.mark.parametrize("number", range(3))
def test(number):
    note(number)
"""
ALL_KINDS = """
import pytest

def test_green():
    pass

def test_red():
    print("printed")
    assert 1 == 2, "no"

@pytest.fixture
def broken():
    raise ValueError("broken")

def test_error(broken):
    pass

def test_left_out():
    pytest.skip("no licence")

@pytest.mark.xfail(reason="known")
def test_known():
    assert 0
"""
DYING = """
import os

def test_a():
    pass

def test_b():
    print("last words", flush=True)
    os.kill(os.getpid(), 9)

def test_c():
    pass
"""
HANGING = """
import threading
import pytest

@pytest.fixture
def hanging():
    yield
    threading.Event().wait()

def test(hanging):
    assert 0
"""
SLEEPING = """
import os
import time
from pathlib import Path
import pytest

@pytest.fixture(scope="session")
def server():
    file = Path(f"running-{os.getpid()}")
    file.touch()
    yield
    file.rename(f"stopped-{os.getpid()}")

def test(server):
    time.sleep(600)
"""


@contextmanager
def running(folder: Path, processes: int, **files: str) -> Iterator[subprocess.Popen[str]]:
    """So many processes, on a folder with these files of tests."""
    for name, text in files.items():
        (folder / f"test_{name}.py").write_text(text, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p pytest_timeout\ntimeout = 1\n")
    # The plugins of this project take longer to start than these tests.
    inherited = {name: os.environ[name] for name in os.environ if not name.startswith("PYTEST_")}
    plain = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", RUN.format(processes)],
        cwd=folder,
        env=inherited | plain,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def run(folder: Path, processes: int, **files: str) -> tuple[int, str]:
    """The exit code, and what was printed."""
    with running(folder, processes, **files) as process:
        out, _ = process.communicate(timeout=100)
    return process.returncode, out


def last(out: str) -> str:
    """The line with the sum, without the time."""
    return re.sub(r" in [\d.]+s \(\d+:\d\d\)", "", out.splitlines()[-1]).strip("= ")


def test_every_test_runs_once_and_fixtures_live_as_long_as_they_should(tmp_path: Path):
    code, out = run(tmp_path, 2, **dict.fromkeys("abcdef", NOTING))
    assert (code, last(out)) == (0, "18 passed")
    notes = [line.split(" ", 2) for line in (tmp_path / "notes").read_text().splitlines()]
    for name in "abcdef":
        mine = [text for _, file, text in notes if file == f"test_{name}"]
        assert mine == ["begins", "0", "1", "2", "ends"]


def test_all_that_fails_is_told_at_the_end_together(tmp_path: Path):
    code, out = run(tmp_path, 2, a=ALL_KINDS, b=GREEN)
    assert (code, last(out)) == (1, "1 failed, 2 passed, 1 skipped, 1 xfailed, 1 error")
    failures = out[out.index(" FAILURES ") :]
    for words in ("assert 1 == 2", "printed", "ValueError: broken", "SKIPPED", "no licence"):
        assert words in failures
    assert "FAILED test_a.py::test_red - AssertionError: no" in failures


def test_a_process_that_dies_is_a_failure_and_the_others_do_the_rest(tmp_path: Path):
    code, out = run(tmp_path, 2, a=DYING, b=GREEN, c=GREEN)
    assert (code, last(out)) == (128 + signal.SIGKILL, "1 failed, 3 passed")
    assert "FAILED test_a.py::test_b - the process ended with -9: 2 tests are not over" in out
    assert "test_a.py ." in out[out.index(" FAILURES ") :]


def test_what_hangs_after_a_failure_is_ended_and_says_where(tmp_path: Path):
    code, out = run(tmp_path, 1, a=HANGING)
    assert (code, last(out)) == (128 + signal.SIGABRT, "2 failed")
    assert "in hanging" in out


def test_what_cannot_be_collected_is_said_once(tmp_path: Path):
    code, out = run(tmp_path, 2, a="import nothing_of_that_name\n", b=GREEN)
    assert (code, last(out)) == (2, "no tests ran")
    assert out.count("ERROR collecting") == 1
    assert "nothing_of_that_name" in out


def test_what_took_longest_in_the_run_before_comes_first(tmp_path: Path):
    kept = {"test_a.py": 1.0, "test_b.py": 3.0, "test_d.py": 2.0}
    (tmp_path / ".pytest_cache").mkdir()
    (tmp_path / ".pytest_cache/side_by_side.json").write_text(json.dumps(kept), encoding="utf-8")
    run(tmp_path, 1, **dict.fromkeys("abcd", NOTING))
    notes = (tmp_path / "notes").read_text().splitlines()
    begun = [line.split()[1] for line in notes if line.endswith("begins")]
    assert begun == ["test_b", "test_d", "test_a", "test_c"]


def test_the_files_that_take_longest_are_there():
    assert [name for name in side_by_side._LONG if not (ROOT / name).is_file()] == []


def test_ctrl_c_ends_everything_and_cleans_up(tmp_path: Path):
    long = f"import pytest\npytestmark = pytest.mark.timeout(100)\n{SLEEPING}"

    def found(word: str) -> Sequence[Path]:
        return list(tmp_path.glob(f"{word}-*"))

    with running(tmp_path, 2, a=long, b=long) as process:
        wait_for(lambda: len(found("running")) == 2, "both")
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    assert last(out) == "no tests ran"
    assert len(found("stopped")) == 2
    for one in found("stopped"):
        with pytest.raises(ProcessLookupError):
            os.kill(int(one.name.removeprefix("stopped-")), 0)


def test_a_run_in_the_background_hears_of_ctrl_c(tmp_path: Path):
    asking = "import signal\ndef test():\n    assert signal.getsignal(signal.SIGINT) is not {}\n"
    (tmp_path / "test_it.py").write_text(asking.format("signal.SIG_IGN"), encoding="utf-8")
    # As a shell starts what stands before an ampersand.
    ignoring = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); "
    begun = f"{ignoring}os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    arguments = ("-c", begun, "-m", "tests.side_by_side", "-p", "no:cacheprovider", str(tmp_path))
    assert subprocess.run([sys.executable, *arguments], cwd=ROOT, check=False).returncode == 0


# --- what is printed while they run


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


class Watch:
    """Time that passes when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def tell(progress: Progress, watch: Watch, count: int, file: str = "tests/a/test_a.py") -> None:
    for _ in range(count):
        progress.hear(0, Started(f"{file}::test"))
        watch.now += 2.0
        progress.hear(0, Reported(f"{file}::test", "passed", "PASSED", "", ""))
        progress.hear(0, Ended(f"{file}::test", 2.0))


def test_without_a_terminal_a_line_comes_now_and_then():
    out, watch = io.StringIO(), Watch()
    progress = Progress(out, 2, {}, watch)
    progress.expect({"tests/a/test_a.py": 60, "tests/b/test_b.py": 40})
    tell(progress, watch, 50)
    lines = out.getvalue().splitlines()
    assert lines[0] == "100 tests in 2 processes"
    assert lines[1] == "14 of 100 tests, about 3:04 left"
    assert len(lines) == 4
    assert "\r" not in out.getvalue()
    assert progress.seconds == {}
    tell(progress, watch, 10)
    tell(progress, watch, 40, "tests/b/test_b.py")
    assert progress.seconds == {"tests/a/test_a.py": 120.0, "tests/b/test_b.py": 80.0}


def test_on_a_terminal_it_is_one_line_cut_to_its_width(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "60")
    out, watch = Screen(), Watch()
    progress = Progress(out, 2, {}, watch)
    progress.expect({"tests/a/test_a.py": 5, "tests/b/test_b.py": 95})
    tell(progress, watch, 5)
    written = out.getvalue().split("\r\033[K")
    assert written[1] == "100 tests in 2 processes\n"
    assert "0 of 100 tests, and the time left is not known yet  test_a"[:59] in written
    assert all(len(line) < 60 for line in written[2:])
    tell(progress, watch, 5, "tests/b/test_b.py")
    watch.now += 1
    progress.tick()
    last = out.getvalue().split("\r\033[K")[-1]
    assert last == "10 of 100 tests, about 3:09 left  test_b"


def test_the_time_left_is_that_of_the_run_before_at_the_pace_of_this_one():
    out, watch = io.StringIO(), Watch()
    before = {"tests/a/test_a.py": 100.0, "tests/a/test_b.py": 300.0, "tests/a/test_gone.py": 9.0}
    progress = Progress(out, 1, before, watch)
    progress.expect({"tests/a/test_a.py": 100, "tests/a/test_b.py": 10})
    # Twice as long as before.
    tell(progress, watch, 50)
    watch.now += 100
    progress.tick()
    assert out.getvalue().splitlines()[-1] == "50 of 110 tests, about 23:20 left"
