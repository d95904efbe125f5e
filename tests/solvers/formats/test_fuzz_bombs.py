"""Files made to exhaust a reader are refused at once and in little memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from solvers.formats.institution import build_instance
from solvers.formats.itc2019_core import as_itc2019
from solvers.formats.itc2019_write import write_problem
from solvers.sample import sample_institution
from tests.solvers.formats.bombs import READERS

SECONDS = 5.0
"""The slowest takes 0.3 s of an idle processor, a bomb that goes off takes minutes."""
MEMORY = 200 * 2**20
ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="memory is measured in /proc"
)

Told = dict[tuple[str, str], tuple[str, float, int]]


@pytest.fixture(scope="module")
def told() -> Told:
    """What each bomb did: code, processor seconds, bytes beyond the file itself."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.solvers.formats.bombs"],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
        timeout=170,
    )
    rows = map(json.loads, done.stdout.splitlines())
    return {(reader, name): tuple(rest) for reader, name, *rest in rows}


def test_every_reader_met_its_bombs(told: Told) -> None:
    """Nothing was left out, and no process died of it."""
    assert {reader for reader, _ in told} == set(READERS)
    assert len(told) > 80


def test_every_bomb_is_refused_with_a_code(told: Told) -> None:
    """No bomb is taken for a problem, none makes a reader crash."""
    strange = {
        bomb: code
        for bomb, (code, _, _) in told.items()
        if code == "accepted" or not code.isidentifier()
    }
    assert strange == {}


def test_no_bomb_takes_long(told: Told) -> None:
    """None makes a reader work out of proportion."""
    slow = {bomb: s for bomb, (_, s, _) in told.items() if s >= SECONDS}
    assert slow == {}


def test_no_bomb_takes_much_memory(told: Told) -> None:
    """Less than 200 MB beyond the file itself each."""
    large = {bomb: size for bomb, (_, _, size) in told.items() if size >= MEMORY}
    assert large == {}


@pytest.mark.parametrize(
    ("bomb", "code"),
    [
        ("billion laughs", "entities_forbidden"),
        ("quadratic", "entities_forbidden"),
        ("external entity", "entities_forbidden"),
        ("parameter entity", "entities_forbidden"),
        ("inclusion", "unexpected_element"),
        ("sections", "too_many_elements"),
        ("duplicate ids", "duplicate_id"),
    ],
)
def test_bombs_are_known_for_what_they_are(told: Told, bomb: str, code: str) -> None:
    """The code tells the trick."""
    assert told["itc2019", bomb][0] == code


_READ_LARGE = """
import json, sys, time
from pathlib import Path
from solvers.formats.itc2019 import read_problem
from tests.memory import peak_bytes
content = Path(sys.argv[1]).read_bytes()
begin = time.process_time()
instance = read_problem(content)
seconds = time.process_time() - begin
print(json.dumps([instance.num_events, seconds, peak_bytes()]))
"""


@pytest.mark.slow
def test_a_large_problem_is_read_soon_and_in_little_memory(tmp_path: Path) -> None:
    """25 MB of XML, in 3 s of an idle processor; and less than 1 GiB in all."""
    core, _ = as_itc2019(build_instance(sample_institution(scale=7, seed=0)))
    file = tmp_path / "large.xml"
    file.write_bytes(write_problem(core))
    assert file.stat().st_size > 25_000_000
    done = subprocess.run(
        [sys.executable, "-c", _READ_LARGE, str(file)],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    )
    events, seconds, peak = json.loads(done.stdout)
    assert events == core.num_events
    assert seconds < 30
    assert peak < 2**30
