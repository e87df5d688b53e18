// The offer to take the last submit back goes away when its time is over.

/** Run the offer; returns an action that takes it, or null when there is none. */
export function watchUndo() {
  const form = document.querySelector("[data-undo]");
  if (!form) return null;
  setTimeout(() => form.remove(), Number(form.dataset.undo));
  // The address without the offer: reloading must not look for one that is over.
  history.replaceState(null, "", location.pathname);
  return () => { if (form.isConnected) form.requestSubmit(); };
}

if (!document.getElementById("bench")) {
  const undo = watchUndo();
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest?.("input, textarea, select");
    if (undo && event.key.toLowerCase() === "u" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) undo();
  });
}
