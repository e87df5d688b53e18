// The keys of the workbench. Letters by event.key, digits by event.code, so that Shift, the numeric pad and
// a Spanish layout all work. No single key acts in a field; all can be bound to Alt, or turned off.

const MODE = "assay-key-mode";

function mode() {
  try { return localStorage.getItem(MODE) || "plain"; } catch { return "plain"; }
}

function isField(element) {
  return Boolean(element?.closest?.("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])"));
}

function nameOf(event) {
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  if (digit) return digit[1];
  return event.key.length === 1 ? event.key.toUpperCase() : event.key;
}

function isAllowed(event) {
  if (event.ctrlKey || event.metaKey) return false;
  const chosen = mode();
  return chosen === "plain" ? !event.altKey : chosen === "alt" && event.altKey;
}

/** Bind {key: action}; a key may be "Shift+V" or "Ctrl+Enter". Returns nothing. */
export function bindKeys(bindings) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    const name = nameOf(event);
    if ((event.ctrlKey || event.metaKey) && bindings[`Ctrl+${name}`]) {
      event.preventDefault();
      bindings[`Ctrl+${name}`](event);
      return;
    }
    if (name === "F1" || name === "Escape") {
      if (bindings[name]?.(event)) event.preventDefault();
      return;
    }
    if (isField(event.target) || document.querySelector("dialog[open]") || !isAllowed(event)) return;
    const action = (event.shiftKey && bindings[`Shift+${name}`]) || bindings[name];
    if (!action || (event.repeat && name !== "V")) return;
    event.preventDefault();
    action(event);
  });
}

/** Let a <select> say how single keys work, and remember it in this browser. */
export function bindKeyMode(select) {
  if (!select) return;
  select.value = mode();
  select.addEventListener("change", () => {
    try { localStorage.setItem(MODE, select.value); } catch { /* private window: it holds for this page */ }
  });
}
