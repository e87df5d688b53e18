"""The suite runs on SQLite and on PostgreSQL; a digest written down here is met by both."""

import random
from pathlib import Path

import pytest

from assay.rooms.sampling import operations, queries
from tests.columnar.decision_logs import generated_rows

from .worlds import AT, bring_in, build_world, draft

SALT = bytes(range(32))
DIGEST = "49aac886637131e7903a3838917cbe8f0f3cc81147d5da152528fafa7d1d76fe"

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("shuffled", [None, 1, 2])
def test_draw_is_the_one_written_down(settings, tmp_path: Path, shuffled: int | None):
    settings.ASSAY_SALT = SALT
    rows = generated_rows(4000)
    if shuffled is not None:
        random.Random(shuffled).shuffle(rows)
    world = build_world(tmp_path, rows=[])
    bring_in(tmp_path, rows, unit=world.root, files=1 + (shuffled or 0))
    draw = operations.freeze_plan(plan_id=draft(world).pk, sample_size=300, actor="tests", at=AT)
    assert (draw.sample_size, draw.sample_digest) == (300, DIGEST)
    assert queries.verified(draw).is_same
