"""A real browser for people's journeys."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.factories import PASSWORD

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--no-first-run",
]
MAC = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def chromium() -> str:
    """Return the browser's path; a journey without one fails rather than skips."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = [os.environ.get("E2E_CHROMIUM"), *map(shutil.which, names), *(p for p in MAC if os.path.exists(p))]
    return next(path for path in found if path)


@dataclass(slots=True)
class Desk:
    """One person's browser window, and what went wrong in it."""

    page: Page
    problems: list[str] = field(default_factory=list)

    def sign_in(self, login: str) -> None:
        """Sign in by keyboard, as anybody would."""
        self.page.goto("/sign-in")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda address: "sign-in" not in address)


@pytest.fixture
def desk(live_server: Any) -> Iterator[Callable[..., Desk]]:
    """Open windows, one for each person."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)

        def opened(*, language: str = "en", theme: str = "light") -> Desk:
            context = browser.new_context(
                viewport={"width": 1440, "height": 900},
                base_url=live_server.url,
                locale="es-MX" if language == "es" else "en-US",
                color_scheme=theme,  # type: ignore[arg-type]
            )
            made = Desk(context.new_page())
            made.page.on("pageerror", lambda error: made.problems.append(str(error)))
            made.page.on("console", lambda line: line.type == "error" and made.problems.append(line.text))
            made.page.on(
                "request",
                lambda request: (
                    made.problems.append(f"left the machine: {request.url}")
                    if not request.url.startswith((live_server.url, "data:", "about:", "blob:"))
                    else None
                ),
            )
            return made

        yield opened
        browser.close()
