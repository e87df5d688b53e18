// What the workbench and the ruling page share: choosing by key, and going from pane to pane.

/** Return the keys that choose: 1 to 9, D, Z X C, and the panes' J and K. */
export function choosingKeys(form) {
  const keys = {};
  for (const radio of form.querySelectorAll("[data-key]")) {
    if (!radio.dataset.key) continue;
    keys[radio.dataset.key] = () => {
      const fold = radio.closest("details");
      if (fold) fold.open = true;
      radio.checked = true;
      radio.dispatchEvent(new Event("change", { bubbles: true }));
    };
  }
  const panes = [...document.querySelectorAll("[data-pane]")];
  const go = (by) => {
    const at = panes.findIndex((pane) => pane.contains(document.activeElement));
    panes[at < 0 ? 0 : (at + by + panes.length) % panes.length].focus();
  };
  return { ...keys, J: () => go(1), K: () => go(-1), N: () => form.querySelector("#note").focus() };
}

/** Escape leaves a field; returns true when it did. */
export function leaveField() {
  const element = document.activeElement;
  if (!element?.matches("input, textarea, select")) return false;
  element.blur();
  return true;
}
