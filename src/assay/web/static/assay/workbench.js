// The workbench: one item, keyboard only if wanted, nothing lost. Each behaviour is a module of its own;
// this one joins them and hands the verdict in.
import { keepDraft } from "./drafts.js";
import { bindKeyMode, bindKeys } from "./keys-workbench.js";
import { keepLease } from "./lease.js";
import { watchCage, watchShows } from "./look.js";
import { choosingKeys, leaveField } from "./panes.js";
import { watchPolicy } from "./policy-pane.js";
import { startTimer } from "./timer.js";
import { watchUndo } from "./undo.js";

const RETRY_SECONDS = [1, 2, 4, 8, 16, 30];
const bench = document.getElementById("bench");
const form = document.getElementById("decision");
const byId = (id) => document.getElementById(id);
const refused = byId("refused");
const offline = byId("offline");
const breakCover = byId("break-cover");
const breakDue = byId("break-due");

const timer = startTimer({ onBreakDue: () => { breakDue.hidden = false; } });
const cage = watchCage(document.querySelector("[data-cage]"));
const show = watchShows(document.querySelector(".pane-content"));
const undo = watchUndo();
const policy = watchPolicy(document.querySelector(".pane-policy"), byId("line"), {
  onTaken: () => form.querySelector("[name=confidence]")?.focus(),
});
const draft = keepDraft(form, {
  name: bench.dataset.task,
  url: bench.dataset.draftUrl,
  state: byId("draft-state"),
  onFailure: () => { offline.hidden = false; },
  onSuccess: () => { offline.hidden = true; },
});

function sayRefused(told, { isLost = false, isSignedOut = false } = {}) {
  refused.querySelector("[data-sentence]").textContent = told.message || "";
  refused.querySelector("[data-lost]").hidden = !isLost;
  refused.querySelector("[data-signed-out]").hidden = !isSignedOut;
  refused.hidden = false;
  refused.focus();
}

keepLease(bench, form, {
  isActive: timer.isActive,
  warning: byId("still-here"),
  shown: document.querySelector("[data-lease-shown]"),
  onLost: (told) => sayRefused(told, { isLost: true }),
});
refused.querySelector("[data-copy-text]").addEventListener("click", () => navigator.clipboard?.writeText(draft.text()));

// Handing in. The form carries its key, so that whatever is sent twice counts once.
let isSending = false;

async function handIn(tries = 0) {
  isSending = true;
  refused.hidden = true;
  form.elements.active_seconds.value = timer.seconds().toFixed(1);
  let answer;
  try {
    answer = await fetch(form.action, {
      method: "POST", body: new FormData(form), credentials: "same-origin", headers: { Accept: "application/json" },
    });
    if (answer.status >= 502) throw new Error(String(answer.status));
  } catch {
    offline.hidden = false;
    const wait = RETRY_SECONDS[Math.min(tries, RETRY_SECONDS.length - 1)];
    setTimeout(() => handIn(tries + 1), wait * 1000);
    return;
  }
  offline.hidden = true;
  const isJson = (answer.headers.get("Content-Type") || "").includes("json");
  if (answer.ok && isJson && !answer.redirected) {
    draft.forget();
    location.assign((await answer.json()).next);
    return;
  }
  isSending = false;
  if (!isJson) { sayRefused({}, { isSignedOut: true }); return; }
  const told = await answer.json();
  sayRefused(told, { isLost: ["reviews.lease_lost", "reviews.already_submitted", "reviews.not_blind"].includes(told.code) });
}

form.addEventListener("submit", (event) => { event.preventDefault(); if (!isSending) handIn(); });
// Skipping leaves nothing behind.
for (const id of ["skip", "known"]) byId(id).addEventListener("submit", () => draft.forget());

function takeBreak() {
  timer.pause();
  cage.cover();
  breakDue.hidden = true;
  breakCover.showModal();
}
breakCover.addEventListener("close", timer.resume);
document.querySelector("[data-break-later]").addEventListener("click", () => { timer.later(); breakDue.hidden = true; });

for (const [selector, action] of [["[data-break]", takeBreak], ["[data-keys]", () => byId("keys").showModal()]]) {
  const button = document.querySelector(selector);
  button.hidden = false;
  button.addEventListener("click", action);
}

bindKeys({
  ...choosingKeys(form),
  P: policy.choose,
  F: policy.find,
  V: cage.hold,
  "Shift+V": cage.keep,
  H: cage.cover,
  O: show,
  S: () => byId("skip").requestSubmit(),
  B: takeBreak,
  U: () => undo?.(),
  "?": () => byId("keys").showModal(),
  F1: () => { if (!byId("keys").open) byId("keys").showModal(); return true; },
  "Ctrl+Enter": () => form.requestSubmit(),
  "Ctrl+K": () => byId("keys").showModal(),
  Escape: () => { if (!document.querySelector("dialog[open]") && !leaveField()) cage.cover(); },
});
bindKeyMode(byId("key-mode"));
byId("form-problem")?.focus();

// Two tabs on one item: each learns of the other.
if ("BroadcastChannel" in window) {
  const channel = new BroadcastChannel(`assay-item-${bench.dataset.task}`);
  const told = byId("other-tab");
  channel.addEventListener("message", (event) => {
    told.hidden = false;
    if (event.data === "here") channel.postMessage("too");
  });
  channel.postMessage("here");
}
