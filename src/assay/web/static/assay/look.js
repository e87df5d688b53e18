// Covering. A graphic item's frame has no address until somebody asks to look, so nothing can flash while
// the page loads. Looking is deliberate: hold V, or Shift V for this item. Leaving the window covers.

/** Run the cover of a cage; returns {hold, release, keep, cover}. */
export function watchCage(cage) {
  const frame = cage.querySelector("iframe");
  const cover = cage.querySelector("[data-cover]");
  const tools = cage.querySelector("[data-uncovered]");
  let isKept = !("covered" in cage.dataset);

  function show() {
    if (frame.dataset.src) { frame.src = frame.dataset.src; delete frame.dataset.src; }
    frame.hidden = false;
    cover.hidden = true;
    if (tools) tools.hidden = !("graphic" in cage.dataset);
  }
  function hide() {
    if (!("graphic" in cage.dataset)) return;
    frame.hidden = true;
    cover.hidden = false;
    if (tools) tools.hidden = true;
  }
  const actions = {
    hold() { if (!isKept) show(); },
    release() { if (!isKept) hide(); },
    keep() { isKept = true; show(); },
    cover() { isKept = false; hide(); },
  };
  cage.querySelector("[data-look]")?.addEventListener("click", (event) => { event.preventDefault(); actions.keep(); });
  cage.querySelector("[data-cover-now]")?.addEventListener("click", actions.cover);
  document.addEventListener("keyup", (event) => { if (event.key.toUpperCase() === "V") actions.release(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) actions.cover(); });
  window.addEventListener("blur", () => setTimeout(() => {
    // A click into the frame is no leaving: give the keys back to the page, keep what is shown.
    if (document.activeElement === frame) { if (frame.matches(":hover")) frame.blur(); return; }
    actions.cover();
  }));
  return actions;
}

/** Switch original, translation and both; returns the action for the key. */
export function watchShows(root) {
  const links = [...root.querySelectorAll("[data-show]")];
  const frame = root.querySelector("iframe");
  if (!links.length || !frame) return () => {};
  let at = 0;
  const mark = () => links.forEach((link, place) => {
    if (place === at) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
  const choose = (place) => {
    at = place;
    mark();
    if (frame.dataset.src) frame.dataset.src = links[at].href;
    else frame.src = links[at].href;
  };
  links.forEach((link, place) => link.addEventListener("click", (event) => { event.preventDefault(); choose(place); }));
  mark();
  return () => choose((at + 1) % links.length);
}
