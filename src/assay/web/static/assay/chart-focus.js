// Makes server-drawn charts explorable: arrow keys, a tip with the exact numbers, copy as SVG or PNG.
// Without this script a chart is one image with a title, a description and its table.
//
// <figure data-chart>
//   <svg class="drawing">…<g class="mark" aria-label="…" data-label="…">…</g></svg>
//   <button data-copy="svg|png" data-copied="…" data-failed="…" hidden>…</button>
//   <details>…the table…</details>
// </figure>

const tip = document.createElement("div");
tip.className = "chart-tip";
tip.hidden = true;
// The mark's own label is what a screen reader says; the tip only shows it.
tip.setAttribute("aria-hidden", "true");

function line(name, text) {
  const node = document.createElement(name);
  node.textContent = text;
  // Set here, for the page's policy allows no style attributes.
  node.style.display = "block";
  return node;
}

function showTip(mark) {
  const label = mark.dataset.label;
  const said = mark.getAttribute("aria-label").slice(label.length + 2);
  tip.replaceChildren(line("strong", label), ...said.split("; ").map((part) => line("span", part)));
  tip.hidden = false;
  const box = mark.getBoundingClientRect();
  const svg = mark.ownerSVGElement;
  const whole = svg.getBoundingClientRect();
  // A row is as wide as the chart: the tip stands by its number, not by the middle of the row.
  const x = whole.left + (Number(mark.dataset.x) / svg.viewBox.baseVal.width) * whole.width;
  const left = Math.min(x - tip.offsetWidth / 2, document.documentElement.clientWidth - tip.offsetWidth - 4);
  const above = box.top - tip.offsetHeight - 8;
  tip.style.left = `${Math.max(left, 4)}px`;
  tip.style.top = `${above > 4 ? above : box.bottom + 8}px`;
}

function hideTip() {
  tip.hidden = true;
}

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

// One mark is in the tab order at a time, so that sixty marks are one stop.
function makeCurrent(marks, current) {
  for (const mark of marks) mark.setAttribute("tabindex", mark === current ? "0" : "-1");
}

function onKey(event) {
  const mark = event.target.closest(".mark");
  if (!mark || event.ctrlKey || event.altKey || event.metaKey) return;
  const marks = [...mark.ownerSVGElement.querySelectorAll(".mark")];
  const last = marks.length - 1;
  let next = marks.indexOf(mark);
  if (event.key in STEPS) next = Math.min(Math.max(next + STEPS[event.key], 0), last);
  else if (event.key === "Home") next = 0;
  else if (event.key === "End") next = last;
  else if (event.key !== "Escape" && event.key !== "Enter") return;
  // Also for Enter: else the same key press would close the table whose heading it has just reached.
  event.preventDefault();
  if (event.key === "Escape") return hideTip();
  if (event.key === "Enter") return openTable(mark);
  makeCurrent(marks, marks[next]);
  marks[next].focus();
}

function openTable(mark) {
  const details = mark.closest("[data-chart]")?.querySelector("details");
  if (!details) return;
  details.open = true;
  details.querySelector("summary").focus();
}

// A copied picture has no page to resolve var(--c1) for it, so every colour is written out.
function standalone(svg) {
  const copy = svg.cloneNode(true);
  const copies = [copy, ...copy.querySelectorAll("*")];
  [svg, ...svg.querySelectorAll("*")].forEach((node, i) => {
    const style = getComputedStyle(node);
    for (const name of ["fill", "stroke", "font-family"]) {
      if (node.getAttribute(name)?.includes("var(")) copies[i].setAttribute(name, style.getPropertyValue(name));
    }
    copies[i].removeAttribute("tabindex");
  });
  copy.setAttribute("role", "img");
  copy.setAttribute("height", svg.viewBox.baseVal.height);
  const ground = document.createElementNS(svg.namespaceURI, "rect");
  ground.setAttribute("width", "100%");
  ground.setAttribute("height", "100%");
  ground.setAttribute("fill", getComputedStyle(document.documentElement).getPropertyValue("--surface").trim());
  copy.querySelector("desc").after(ground);
  return new XMLSerializer().serializeToString(copy);
}

// Three pixels a unit print at about 300 dots an inch. The page's policy must allow img-src data:.
async function png(svg, scale = 3) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standalone(svg))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = svg.viewBox.baseVal.width * scale;
  canvas.height = svg.viewBox.baseVal.height * scale;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, refuse) => canvas.toBlob((blob) => (blob ? done(blob) : refuse()), "image/png"));
}

async function onCopy(event) {
  const button = event.currentTarget;
  const svg = button.closest("[data-chart]").querySelector("svg.drawing");
  let text = button.dataset.copied;
  try {
    if (button.dataset.copy === "svg") await navigator.clipboard.writeText(standalone(svg));
    else await navigator.clipboard.write([new ClipboardItem({ "image/png": png(svg) })]);
  } catch {
    text = button.dataset.failed;
  }
  if (text) document.dispatchEvent(new CustomEvent("assay:toast", { detail: { text } }));
}

/** Bring the charts below a node to life; a second call finds nothing new to do. */
export function enlivenCharts(root) {
  for (const svg of root.querySelectorAll("svg.drawing[role=img]")) {
    const marks = [...svg.querySelectorAll(".mark")];
    if (!marks.length) continue;
    // An image hides what is in it from a screen reader; a group of images lets each mark speak.
    svg.setAttribute("role", "group");
    makeCurrent(marks, marks[0]);
    // On the parent: Chromium makes an svg that listens for focus a tab stop of its own.
    const around = svg.parentElement;
    const show = (event) => { const mark = event.target.closest(".mark"); if (mark) showTip(mark); };
    around.addEventListener("keydown", onKey);
    around.addEventListener("focusin", show);
    around.addEventListener("pointerover", show);
    around.addEventListener("focusout", hideTip);
    svg.addEventListener("pointerleave", hideTip);
  }
  for (const button of root.querySelectorAll("[data-chart] [data-copy][hidden]")) {
    button.hidden = false;
    button.addEventListener("click", onCopy);
  }
}

document.body.append(tip);
enlivenCharts(document);
document.addEventListener("assay:fragment", (event) => enlivenCharts(event.target));
