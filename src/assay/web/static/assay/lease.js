// The item stays in hand while somebody works on it: renewed while the page is seen and used.

const CHECK_MS = 30_000;
const RENEW_BEFORE_MS = 12 * 60_000;
const WARN_BEFORE_MS = 2 * 60_000;

/** Keep an item in hand; `isActive()` tells whether somebody is there; returns nothing. */
export function keepLease(bench, form, { isActive, warning, shown, onLost }) {
  let until = Date.parse(bench.dataset.leaseUntil);
  let isLost = false;

  const show = () => {
    shown.textContent = new Date(until).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  };
  async function renew() {
    try {
      const answer = await fetch(bench.dataset.leaseUrl, {
        method: "POST", body: new FormData(form), credentials: "same-origin", headers: { Accept: "application/json" },
      });
      if (answer.redirected) return;
      const told = await answer.json();
      if (answer.ok) {
        until = Date.parse(told.lease_until);
        warning.hidden = true;
        show();
      } else if (told.code === "reviews.lease_lost" && !isLost) {
        isLost = true;
        onLost(told);
      }
    } catch { /* no connection: the next check tries again */ }
  }
  function check() {
    if (isLost) return;
    const left = until - Date.now();
    if (left < RENEW_BEFORE_MS && isActive()) renew();
    else warning.hidden = left > WARN_BEFORE_MS;
  }
  setInterval(check, CHECK_MS);
  for (const kind of ["keydown", "pointerdown"]) {
    document.addEventListener(kind, () => { if (!warning.hidden && !isLost) renew(); });
  }
  show();
}
