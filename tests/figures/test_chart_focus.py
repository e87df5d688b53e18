"""The script that makes charts explorable, in a real browser under the policy the pages have."""

import os
import shutil
import threading
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

import assay.web
from assay.figures.charts import control_chart, forest_plot
from assay.figures.charts.control_chart import ChartPoint, ControlChart
from assay.figures.charts.forest_plot import ForestPlot, ForestRow
from tests.figures.charts.reading import heading

pytestmark = pytest.mark.journey

STATIC = Path(next(iter(assay.web.__path__))) / "static" / "assay"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--no-first-run",
]
# The policy forbids evaluating text, so a toast is waited for by a mark on the page.
LISTEN = "document.addEventListener('assay:toast', (event) => { document.body.dataset.said = event.detail.text; })"
FIGURE = """<figure class="chart" data-chart>{svg}
<button type="button" data-copy="svg" data-copied="Copied" hidden>Copy as SVG</button>
<button type="button" data-copy="png" data-copied="Copied" hidden>Copy as PNG</button>
<details><summary>Show table</summary>The table</details></figure>"""


def week(i):
    return ChartPoint(
        label=f"W{i}", start_on=date(2026, 1, 5) + timedelta(weeks=i), value=0.02 + i / 100, low=0.01, high=0.2, n=100
    )


def page_html():
    control = ControlChart(heading=heading(key="a"), points=tuple(week(i) for i in range(3)), centre=0.03)
    forest = ForestPlot(
        heading=heading(key="b"), rows=(ForestRow(label="Tijuana", value=0.1, low=0.05, high=0.2, n=90),)
    )
    figures = [FIGURE.format(svg=svg) for svg in (control_chart.draw(control), forest_plot.draw(forest))]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Charts</title>'
        '<link rel="stylesheet" href="/tokens.css"><link rel="stylesheet" href="/app.css">'
        '<script type="module" src="/chart-focus.js"></script></head>'
        f"<body><main><h1>Charts</h1>{''.join(figures)}</main></body></html>"
    )


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.strip("/")
        kinds = {"js": "text/javascript", "css": "text/css"}
        found = STATIC / name if name else None
        content = found.read_bytes() if found and found.is_file() else page_html().encode()
        self.send_response(200)
        self.send_header("Content-Type", kinds.get(name.rsplit(".")[-1], "text/html; charset=utf-8"))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        """Say nothing on the terminal."""


@pytest.fixture(scope="module")
def address():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()


@pytest.fixture(scope="module")
def browser():
    path = os.environ.get("E2E_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as player:
        launched = player.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser, address):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    complaints = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(address)
    opened.wait_for_selector("svg.drawing[role=group]")
    yield opened
    context.close()
    assert [text for text in complaints if "favicon" not in text] == []


def focused(page, name="data-label"):
    return page.evaluate("name => document.activeElement.getAttribute(name)", name)


def test_arrow_keys_move_through_the_marks(page):
    page.keyboard.press("Tab")
    seen = [focused(page)]
    for key in ("ArrowRight", "ArrowDown", "ArrowRight", "ArrowLeft", "Home", "End"):
        page.keyboard.press(key)
        seen.append(focused(page))
    assert seen == ["W0", "W1", "W2", "W2", "W1", "W0", "W2"]


def test_chart_is_one_stop_of_the_tab_order(page):
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Copy as SVG"


def test_focus_shows_the_exact_numbers(page):
    page.keyboard.press("Tab")
    lines = page.locator(".chart-tip").evaluate("tip => [...tip.children].map((node) => node.textContent)")
    assert lines == ["W0", "2.0%", "95% interval 1.0–20.0%", "n\u00a0=\u00a0100"]
    page.keyboard.press("Escape")
    assert page.locator(".chart-tip").is_hidden()


def test_pointer_shows_and_hides_the_tip(page):
    page.locator("svg.drawing >> nth=1").locator(".mark").hover()
    assert page.locator(".chart-tip strong").text_content() == "Tijuana"
    page.mouse.move(1, 1)
    assert page.locator(".chart-tip").is_hidden()


def test_enter_opens_the_table(page):
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "Show table"
    assert page.locator("details").first.evaluate("details => details.open") is True


def test_copied_svg_stands_on_its_own(page):
    page.evaluate(LISTEN)
    page.locator("[data-copy=svg]").first.click()
    page.wait_for_selector("body[data-said=Copied]")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert ("var(" in copied, "tabindex" in copied, 'role="img"' in copied) == (False, False, True)


def test_copied_png_is_three_times_as_fine(page):
    page.evaluate(LISTEN)
    page.locator("[data-copy=png]").first.click()
    page.wait_for_selector("body[data-said=Copied]")
    width = page.evaluate(
        """async () => {
          const [item] = await navigator.clipboard.read();
          return (await createImageBitmap(await item.getType("image/png"))).width;
        }"""
    )
    assert width == 3 * 720


def test_charts_have_no_serious_barrier(page):
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["impact"]) for one in found if one["impact"] in {"serious", "critical"}] == []


def test_chart_works_without_script(browser, address):
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(address)
    assert opened.locator("svg.drawing[role=img]").count() == 2
    assert opened.locator("[data-copy]").first.is_hidden()
    assert opened.locator("[tabindex]").count() == 0
    context.close()
