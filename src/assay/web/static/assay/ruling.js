// The page of a ruling: the same keys and panes as the workbench, without lease, clock and drafts.
import { bindKeys } from "./keys-workbench.js";
import { watchCage, watchShows } from "./look.js";
import { choosingKeys, leaveField } from "./panes.js";
import { watchPolicy } from "./policy-pane.js";

const form = document.getElementById("decision");
const cage = watchCage(document.querySelector("[data-cage]"));
const show = watchShows(document.querySelector(".pane-content"));
const policy = watchPolicy(document.querySelector(".pane-policy"), form?.querySelector("#line"), {
  onTaken: () => form?.querySelector("#note").focus(),
});

bindKeys({
  ...(form ? choosingKeys(form) : {}),
  P: policy.choose,
  F: policy.find,
  V: cage.hold,
  "Shift+V": cage.keep,
  H: cage.cover,
  O: show,
  "Ctrl+Enter": () => form?.requestSubmit(),
  Escape: () => { if (!leaveField()) cage.cover(); },
});
document.getElementById("form-problem")?.focus();
