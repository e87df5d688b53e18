// What was chosen and typed is never lost: in this browser 300 ms after a key, on the server 2 s after.

const BROWSER_MS = 300;
const SERVER_MS = 2000;
const FIELDS = ["choice", "line", "confidence", "note", "judged_on"];

function values(form) {
  const sent = new FormData(form);
  return Object.fromEntries(FIELDS.map((name) => [name, sent.get(name) || ""]));
}

function fill(form, kept) {
  for (const name of FIELDS) {
    const field = form.elements.namedItem(name);
    if (!field) continue;
    if (field instanceof RadioNodeList) {
      for (const radio of field) radio.checked = radio.value === kept[name];
    } else if (field.type === "checkbox") field.checked = Boolean(kept[name]);
    else field.value = kept[name] ?? "";
  }
}

/** Keep a form's draft; returns {touched, forget, text}. */
export function keepDraft(form, { name, url, state, onFailure, onSuccess }) {
  const place = `assay-draft-${name}`;
  let browserTimer = 0;
  let serverTimer = 0;
  const read = () => { try { return JSON.parse(localStorage.getItem(place)); } catch { return null; } };
  const say = (words) => { if (state) state.textContent = words; };

  const kept = read();
  // The browser's copy is at most 2 s newer than the server's; an empty one never wipes the other.
  if (kept && FIELDS.some((field) => kept[field])) fill(form, kept);

  function keepHere() {
    try { localStorage.setItem(place, JSON.stringify(values(form))); } catch { /* full or private: the server has it */ }
  }
  async function keepThere() {
    try {
      const body = new FormData(form);
      const answer = await fetch(url, { method: "POST", body, credentials: "same-origin", headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      say(`✓ ${state.dataset.saved} ${new Date().toLocaleTimeString(document.documentElement.lang)}`);
      onSuccess?.();
    } catch (error) {
      say(state.dataset.browser);
      // A fetch that found no server fails with a TypeError; an answer that says no is no lost connection.
      if (error instanceof TypeError) onFailure?.();
    }
  }
  function touched() {
    say(state.dataset.saving);
    clearTimeout(browserTimer);
    clearTimeout(serverTimer);
    browserTimer = setTimeout(keepHere, BROWSER_MS);
    serverTimer = setTimeout(keepThere, SERVER_MS);
  }
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  window.addEventListener("pagehide", () => { if (browserTimer && !form.dataset.sent) keepHere(); });
  return {
    touched,
    forget() {
      clearTimeout(browserTimer);
      clearTimeout(serverTimer);
      browserTimer = 0;
      form.dataset.sent = "1";
      try { localStorage.removeItem(place); } catch { /* nothing was kept */ }
    },
    text: () => form.elements.namedItem("note")?.value || "",
  };
}
