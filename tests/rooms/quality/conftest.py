"""A planted marketplace for the figures."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import factories

from .planted import START, Spec, plant


@pytest.fixture
def world(db: None) -> factories.World:
    return factories.world()


def plant_plans(world: factories.World, *specs: Spec) -> None:
    """Plant each plan with its own seed."""
    for seed, spec in enumerate(specs):
        plant(
            spec,
            unit=world.root,
            reviewer=world.person("auditor", "root"),
            second=world.people["auditor2@mexico"],
            seed=seed,
        )


@pytest.fixture
def two_plans(world: factories.World) -> factories.World:
    """Two plans, one after the other."""
    plant_plans(world, Spec(), Spec(code="plan-2", start=START + timedelta(weeks=4)))
    return world


@pytest.fixture
def half_a_year(world: factories.World) -> factories.World:
    """Seven plans of four weeks."""
    plant_plans(world, *(Spec(code=f"plan-{i}", start=START + timedelta(weeks=4 * i)) for i in range(7)))
    return world
