// X turns the comparison with the period before on or off, by following the link that does the same.
const EDITABLE = "input, select, textarea, [contenteditable]";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  if (event.key.toLowerCase() !== "x" || event.target.closest(EDITABLE) || document.querySelector("dialog[open]")) return;
  const toggle = document.querySelector("a[data-compare-toggle]");
  if (!toggle) return;
  event.preventDefault();
  toggle.click();
});
