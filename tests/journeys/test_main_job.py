"""The main job, as people do it: import, plan, draw, review, disagree, adjudicate, read the figure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from assay.rooms.jobs import worker
from assay.rooms.organisation.models import Person
from assay.rooms.organisation.terms import Role
from assay.rooms.reviews import operations as reviews
from assay.rooms.reviews.models import Settlement, Task, Verdict
from assay.rooms.reviews.terms import Round
from assay.rooms.sampling.models import Draw
from tests.factories import World, world
from tests.journeys.conftest import Desk
from tests.rooms.decisions import files
from tests.web.objects import ObjectsOf

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("real_commits", "spanish")]
SHARE = re.compile(r"\d+[.,]?\d*\s?%")


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("es", "dark")])
def test_from_a_file_to_a_figure(desk: Callable[..., Desk], tmp_path: Path, language: str, theme: str) -> None:
    made = world()
    Person.objects.update(language=language, region="es_MX" if language == "es" else "en_US")
    assert ObjectsOf(made, "mexico", role=Role.AUDITOR, folder=tmp_path).clause
    manager = desk(language=language, theme=theme)
    manager.sign_in("program-manager-root")
    before = _headline(manager.page)

    _import(manager.page, made, tmp_path)
    _plan_and_draw(manager.page)
    reviewed = _review_ten_by_keyboard(desk(language=language, theme=theme), "auditor-mexico")
    assert reviewed == 10
    _review_the_rest(made)
    _adjudicate(desk(language=language, theme=theme))

    after = _headline(manager.page)
    assert SHARE.search(before) is None
    assert SHARE.search(after) is not None
    assert "n =" in after.replace("\u00a0", " ") or "n\u00a0=" in after
    assert manager.page.locator("html").get_attribute("lang") == language
    assert manager.problems == []


def _headline(page: Page) -> str:
    page.goto("/?from=2026-05-01&to=2026-05-31")
    return page.locator("main").inner_text()


def _import(page: Page, made: World, folder: Path) -> None:
    files.mapping(made.root)
    rows = [
        files.row(n, site="mexico", moderator=f"mod-{n % 5}", outcome="remove" if n % 3 == 0 else "approve")
        for n in range(40)
    ]
    rows.append(files.row(41, outcome="perhaps"))
    page.goto("/imports/new")
    page.set_input_files("input[type=file]", files.csv_file(folder, rows))
    page.click("main form button.btn-primary")
    page.wait_for_url("**/imports/files/*")
    page.locator("a.btn[href^='?mapping=']").click()
    page.wait_for_load_state()
    page.click("button[value=try]")
    _work_until(page, r"/imports/\d+")
    expect(page.locator("main")).to_contain_text("perhaps")
    page.locator("form[action$='/import'] button").click()
    _work_until(page, r"/imports/\d+")
    expect(page.locator("main")).to_contain_text("40")


def _work_until(page: Page, address: str) -> None:
    """Do the job that the page waits for, as the worker beside the server would."""
    page.wait_for_load_state()
    worker.run_due(timezone.now())
    if re.search(r"/jobs/\d+", page.url):
        page.goto(page.url)
        page.locator("main a.btn").first.click()
    page.wait_for_url(re.compile(address))
    page.goto(page.url)


def _plan_and_draw(page: Page) -> None:
    page.goto("/plans/new")
    page.fill("[name=name]", "May")
    page.fill("[name=start]", "2026-05-01")
    page.fill("[name=end]", "2026-05-31")
    page.fill("[name=half_width]", "1")
    page.fill("[name=doubles]", "100")
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    page.fill("#typed", "May")
    page.click("button[value=freeze]")
    page.wait_for_url("**/rounds/*")
    draw = Draw.objects.get()
    assert draw.sample_size == 40
    reviews.open_tasks_for_draw(draw.pk, at=timezone.now())


def _review_ten_by_keyboard(desk: Desk, login: str) -> int:
    desk.sign_in(login)
    page = desk.page
    clicks: list[str] = []

    def counted(what: str) -> None:
        clicks.append(what)

    page.expose_function("counted", counted)
    page.add_init_script("addEventListener('mousedown', () => counted('mouse'), true)")
    page.goto("/work")
    page.locator("main form[action='/work/next'] button").press("Enter")
    for _ in range(10):
        page.wait_for_selector("#bench")
        page.wait_for_load_state("load")
        here = page.locator("#bench").get_attribute("data-task")
        page.keyboard.press("1")
        page.keyboard.press("c")
        page.keyboard.press("Control+Enter")
        page.wait_for_function("here => document.getElementById('bench')?.dataset.task !== here", arg=here)
    assert clicks == []
    assert desk.problems == []
    return Verdict.objects.filter(reviewer__login=login).count()


def _review_the_rest(made: World) -> None:
    """Two more auditors judge all that is left; one of them would remove what the other leaves."""
    now = timezone.now()
    objects = ObjectsOf(made, "mexico", role=Role.AUDITOR, folder=Path())
    for auditor, outcome in (("auditor2", "remove"), ("auditor3", "approve")):
        person = made.person(auditor)
        while (held := reviews.claim_next(person=person, at=now)) is not None:
            objects.submit(held, person, outcome, at=now)
    reviews.settle_due(at=now + timedelta(minutes=1))
    assert Task.objects.filter(round=Round.ADJUDICATION).count() > 0


def _adjudicate(desk: Desk) -> None:
    desk.sign_in("qa-lead-mexico")
    page = desk.page
    page.goto("/disagreements")
    page.locator("main table a").first.click()
    page.wait_for_url("**/disagreements/*")
    names = [person.pseudonym for person in Person.objects.filter(verdicts__isnull=False)]
    shown = page.locator("main").inner_text()
    assert [name for name in names if name in shown] == []
    page.locator("input[name=choice]").first.check()
    page.fill("textarea[name=note]", "The clause does not cover this.")
    page.click("#submit")
    page.wait_for_load_state("networkidle")
    reviews.settle_due(at=timezone.now() + timedelta(minutes=1))
    assert Settlement.objects.filter(settled_by="adjudication").count() == 1
    assert desk.problems == []
