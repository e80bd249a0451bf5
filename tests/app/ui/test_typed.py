"""What is typed is taken, or it is said: every field of every screen, and every way to act there.

No field and no way is named here: both are found on the screens, so that new ones are tried, too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from app.domain.entities import Role
from tests.helpers.dialog_matrix import DialogMatrix
from tests.helpers.dialog_stages import DIALOGS
from tests.helpers.hands import SKU, Hands
from tests.helpers.typing_matrix import Matrix
from tests.helpers.typing_stages import STAGES, clean

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.matrix]

TAPE = "HND-HAMMER-003"
UNKNOWN = "NOPE-4711"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mona(person: Hands) -> AsyncIterator[Hands]:
    """A manager, who has all screens."""
    await person.begin(Role.MANAGER, name="Mona")
    yield person
    await person.rest()


@pytest.mark.parametrize("stage", STAGES)
async def test_what_is_typed_is_taken_or_said(mona: Hands, stage: str, long: bool) -> None:
    clean(mona)
    matrix = Matrix(mona, STAGES[stage], (SKU, TAPE, UNKNOWN), long)
    failures = await matrix.run()
    assert not failures, "\n".join(failures)
    assert matrix.tried > 10


@pytest.mark.parametrize("asked", DIALOGS)
async def test_what_is_typed_in_a_dialog_is_taken_or_stays(
    mona: Hands, asked: str, long: bool
) -> None:
    clean(mona)
    matrix = DialogMatrix(mona, DIALOGS[asked], (SKU, UNKNOWN), long)
    failures = await matrix.run()
    assert not failures, "\n".join(failures)
    assert matrix.tried > 10
