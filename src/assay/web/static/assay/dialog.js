// <button data-opens="#id"> opens a <dialog id>; [data-closes] inside it closes it. The browser traps the
// focus and gives it back. Without script the same form stands on a page of its own: data-opens sits on a link.

/** Make the openers in a part of the page work. */
export function watchDialogs(root) {
  root.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-opens]");
    if (opener) {
      const dialog = document.querySelector(opener.dataset.opens);
      if (dialog?.showModal) { event.preventDefault(); dialog.showModal(); }
      return;
    }
    const closer = event.target.closest?.("[data-closes]");
    if (closer) closer.closest("dialog")?.close();
  });
}
