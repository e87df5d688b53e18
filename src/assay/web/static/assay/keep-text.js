// What was typed stays when the language is switched: kept in this tab for one load, under the address.

const NAME = "assay-kept-text";

function fields() {
  return [...document.querySelectorAll("main input, main textarea, main select")].filter(
    (field) => field.name && !["hidden", "password", "file", "submit"].includes(field.type),
  );
}

function value(field) {
  return ["checkbox", "radio"].includes(field.type) ? field.checked : field.value;
}

function restore() {
  const kept = JSON.parse(sessionStorage.getItem(NAME) || "null");
  sessionStorage.removeItem(NAME);
  if (!kept || kept.address !== location.pathname + location.search) return;
  fields().forEach((field, place) => {
    const [name, was] = kept.values[place] || [];
    if (name !== field.name) return;
    if (typeof was === "boolean") field.checked = was;
    else field.value = was;
  });
}

/** Keep the text of the page's forms over a switch of language. */
export function keepTextOverLanguageSwitch(root) {
  try { restore(); } catch { sessionStorage.removeItem(NAME); }
  for (const form of root.querySelectorAll("form[data-keeps-text]")) {
    form.addEventListener("submit", () => {
      const values = fields().map((field) => [field.name, value(field)]);
      sessionStorage.setItem(NAME, JSON.stringify({ address: location.pathname + location.search, values }));
    });
  }
}
