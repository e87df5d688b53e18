// What every page does once its script has loaded. Without script each page still works.
import { watchFragments } from "./fragments.js";
import { keepTextOverLanguageSwitch } from "./keep-text.js";
import { watchDialogs } from "./dialog.js";
import { showToast } from "./toast.js";

watchFragments(document);
watchDialogs(document);
keepTextOverLanguageSwitch(document);

// A room's script may ask for a toast without importing this file.
document.addEventListener("assay:toast", (event) => showToast(event.detail));

if (document.querySelector("[data-chart]")) import("./chart-focus.js");
