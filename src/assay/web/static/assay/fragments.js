// Parts of a page fetched again from the page's own address.
//
// <form data-fragment="#preview">   sends the form and replaces #preview; GET also renews the address
// <div data-poll="1000" data-from="/jobs/4">   fetches itself again until the new one has no data-poll
//
// The server is told by the header X-Fragment; it may answer with the part alone or with a whole page.

function parsed(text) {
  return new DOMParser().parseFromString(text, "text/html");
}

/** Replace an element by what an address answers; returns the new element, or null when it failed. */
export async function replaceFrom(target, address, options = {}) {
  target.setAttribute("aria-busy", "true");
  try {
    const headers = { "X-Fragment": target.id || "1", ...(options.headers || {}) };
    const answer = await fetch(address, { credentials: "same-origin", ...options, headers });
    if (answer.redirected && !answer.url.includes(new URL(address, location.href).pathname)) {
      location.assign(answer.url);
      return null;
    }
    const page = parsed(await answer.text());
    const fresh = (target.id && page.getElementById(target.id)) || page.querySelector(".problem");
    if (!fresh) return null;
    if (fresh.id === target.id) target.replaceWith(fresh);
    else target.replaceChildren(fresh);
    watchFragments(fresh.parentElement || document);
    fresh.dispatchEvent(new CustomEvent("assay:fragment", { bubbles: true }));
    return fresh;
  } catch {
    return null;
  } finally {
    target.removeAttribute("aria-busy");
  }
}

function watchForm(form) {
  let waiting = 0;
  const send = (event) => {
    const target = document.querySelector(form.dataset.fragment);
    if (!target) return;
    if (event?.type === "submit") event.preventDefault();
    const sent = new URLSearchParams(new FormData(form, event?.submitter));
    const isGet = form.method.toLowerCase() === "get";
    const address = isGet ? `${form.getAttribute("action") || location.pathname}?${sent}` : form.action;
    if (isGet) history.replaceState(null, "", address);
    replaceFrom(target, address, isGet ? {} : { method: "POST", body: new FormData(form, event?.submitter) });
  };
  if (form.hasAttribute("data-fragment-on-input")) {
    form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(send, 350); });
  }
  // Only GET forms are sent by script on submit: an unsafe one goes the plain way, with its own page.
  if (form.method.toLowerCase() === "get") form.addEventListener("submit", send);
}

function poll(element) {
  const wait = Number(element.dataset.poll) || 1000;
  setTimeout(async () => {
    if (!element.isConnected) return;
    const fresh = document.hidden ? null : await replaceFrom(element, element.dataset.from || location.href);
    if (!fresh && element.isConnected) poll(element);
  }, wait);
}

/** Start whatever in a part of the page asks to be fetched. */
export function watchFragments(root) {
  for (const form of root.querySelectorAll("form[data-fragment]:not([data-watched])")) {
    form.dataset.watched = "1";
    watchForm(form);
  }
  for (const element of root.querySelectorAll("[data-poll]:not([data-watched])")) {
    element.dataset.watched = "1";
    poll(element);
  }
}
