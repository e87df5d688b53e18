// A short word at the edge of the page, for what can be ignored. What matters is a banner instead.

/** Show {text, action, onAction, seconds}; returns a function that takes it away. */
export function showToast({ text, action = "", onAction = null, seconds = 6 }) {
  const toast = document.createElement("div");
  toast.className = "toast";
  const words = document.createElement("span");
  words.textContent = text;
  toast.append(words);
  const remove = () => toast.remove();
  if (action && onAction) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-small";
    button.textContent = action;
    button.addEventListener("click", () => { remove(); onAction(); });
    toast.append(button);
  }
  document.getElementById("toasts").append(toast);
  let left = setTimeout(remove, seconds * 1000);
  // Whoever reads it, or reaches for its button, keeps it.
  toast.addEventListener("pointerenter", () => clearTimeout(left));
  toast.addEventListener("focusin", () => clearTimeout(left));
  toast.addEventListener("pointerleave", () => { left = setTimeout(remove, 2000); });
  return remove;
}
