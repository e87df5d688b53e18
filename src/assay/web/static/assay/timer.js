// Active time: the page seen, the window focused, and something done within the last minute. It stops on a
// break. Not shown to the reviewer, and no target; sent with the verdict for planning.

const IDLE_MS = 60_000;
const BREAK_AFTER_MS = 55 * 60_000;
const LATER_MS = 10 * 60_000;
const SCREEN_TIME = "assay-screen-time";

function stored() {
  try { return Number(sessionStorage.getItem(SCREEN_TIME)) || 0; } catch { return 0; }
}

/** Measure time on the item; returns {seconds, isActive, pause, resume, later}. */
export function startTimer({ onBreakDue }) {
  let active = 0;
  let screenTime = stored();
  let last = performance.now();
  let touched = last;
  let isPaused = false;
  let breakAt = BREAK_AFTER_MS;

  const isActive = () => !isPaused && !document.hidden && document.hasFocus() && performance.now() - touched < IDLE_MS;
  function tick() {
    const now = performance.now();
    // A sleeping machine must not add its night: one tick counts two seconds at most.
    const passed = Math.min(now - last, 2000);
    last = now;
    if (!isActive()) return;
    active += passed;
    screenTime += passed;
    try { sessionStorage.setItem(SCREEN_TIME, String(Math.round(screenTime))); } catch { /* counts for this page */ }
    if (screenTime >= breakAt) onBreakDue();
  }
  setInterval(tick, 1000);
  for (const kind of ["keydown", "pointermove", "pointerdown", "wheel", "scroll", "input"]) {
    document.addEventListener(kind, () => { touched = performance.now(); }, { capture: true, passive: true });
  }
  return {
    seconds: () => { tick(); return active / 1000; },
    isActive,
    pause() { tick(); isPaused = true; },
    resume() {
      isPaused = false;
      touched = last = performance.now();
      screenTime = 0;
      breakAt = BREAK_AFTER_MS;
      try { sessionStorage.setItem(SCREEN_TIME, "0"); } catch { /* starts anew with the page */ }
    },
    later() { breakAt = screenTime + LATER_MS; },
  };
}
