// Finding in the policy, choosing a line there, and the pane's own language.

function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Run the policy pane; returns {find, choose}: put the cursor in the field to look, or to choose. */
export function watchPolicy(pane, select, { onTaken }) {
  const field = pane.querySelector("#find");
  const told = pane.querySelector("#find-count");
  const lines = [...pane.querySelectorAll("[data-line]")];
  const words = new Map(lines.map((line) => [line, plain(line.textContent)]));
  let isChoosing = false;
  let at = -1;

  const found = () => lines.filter((line) => !line.hidden);
  function filter() {
    const wanted = plain(field.value).split(/\s+/).filter(Boolean);
    at = -1;
    for (const line of lines) {
      line.hidden = !wanted.every((word) => words.get(line).includes(word));
      line.classList.remove("is-found");
    }
    told.textContent = wanted.length ? (found().length ? `${field.dataset.some} ${found().length}` : field.dataset.none) : "";
    if (wanted.length) step();
  }
  function step() {
    const among = found();
    if (!among.length) return;
    among[at]?.classList.remove("is-found");
    at = (at + 1) % among.length;
    among[at].classList.add("is-found");
    among[at].scrollIntoView({ block: "nearest" });
  }
  function markTaken() {
    for (const line of lines) line.classList.toggle("is-chosen", line.dataset.line === select?.value);
  }
  function take(value) {
    select.value = value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
    onTaken?.();
  }
  field.addEventListener("input", filter);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey) return;
    event.preventDefault();
    const line = found()[Math.max(at, 0)];
    if (isChoosing && line && select) take(line.dataset.line);
    else step();
  });
  pane.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take]");
    if (button && select) take(button.dataset.take);
    const language = event.target.closest("[data-policy-language]");
    if (!language) return;
    event.preventDefault();
    const wanted = language.dataset.policyLanguage;
    for (const text of pane.querySelectorAll("[data-in]")) text.hidden = text.dataset.in !== wanted;
    for (const each of pane.querySelectorAll("[data-policy-language]")) {
      if (each === language) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    }
  });
  select?.addEventListener("change", markTaken);
  markTaken();
  const go = (choosing) => { isChoosing = choosing; field.focus(); field.select(); };
  return { find: () => go(false), choose: () => go(true) };
}
