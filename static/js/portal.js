// What pages gain where scripts run. Every page works without it.
import { keepsDraft } from "./drafts.js";
import { initAll } from "./govuk-frontend.min.js";

document.documentElement.classList.add("portal-js");
document.body.classList.add("js-enabled", "govuk-frontend-supported");

// A long list of choices can be narrowed by typing; chosen ones always stay in sight.
function searchable(choices) {
  const search = choices.querySelector(".portal-choices__search");
  const input = search.querySelector("input");
  const count = choices.querySelector(".portal-choices__count");
  const items = [...choices.querySelectorAll(".portal-choices__item")];

  function narrow() {
    const words = input.value.trim().toLowerCase().split(/\s+/);
    let shown = 0;
    let chosen = 0;
    for (const item of items) {
      const isChosen = item.querySelector("input").checked;
      const text = item.textContent.toLowerCase();
      item.hidden = !isChosen && !words.every((word) => text.includes(word));
      shown += item.hidden ? 0 : 1;
      chosen += isChosen ? 1 : 0;
    }
    for (const group of choices.querySelectorAll(".portal-choices__group")) {
      group.hidden = !group.querySelector(".portal-choices__item:not([hidden])");
    }
    count.textContent = `${shown} of ${items.length} shown, ${chosen} chosen`;
  }

  search.hidden = false;
  input.addEventListener("input", narrow);
  choices.addEventListener("change", narrow);
  // Return would send the form off half written.
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  narrow();
}

// Django's formsets: one more row, made from the empty one, numbered on.
function addable(rows) {
  const total = rows.querySelector("input[name$='-TOTAL_FORMS']");
  const limit = rows.querySelector("input[name$='-MAX_NUM_FORMS']");
  const template = rows.querySelector("template");
  const list = rows.querySelector(".portal-rows__list");
  const button = rows.querySelector(".portal-rows__add");

  button.hidden = false;
  button.addEventListener("click", () => {
    const number = Number(total.value);
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", String(number));
    const row = holder.content.firstElementChild;
    list.append(row);
    total.value = String(number + 1);
    button.hidden = Number(total.value) >= Number(limit.value);
    enhance(row);
    row.querySelector("input:not([type=hidden]), textarea, select").focus();
  });
}

// A tick beside something logged brings its line into the text at once, or takes it out where it stands unchanged.
function takesLines(list) {
  const text = document.getElementById(list.dataset.text);

  list.addEventListener("change", (event) => {
    const words = event.target.dataset.line;
    if (!words) return;
    const lines = text.value.split("\n");
    const others = lines.filter((line) => line.trim() !== words);
    if (event.target.checked && others.length === lines.length) {
      text.value = `${text.value}\n${words}`.trim();
    } else if (!event.target.checked) {
      text.value = others.join("\n").trim();
    }
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function enhance(scope) {
  scope.querySelectorAll("[data-portal='lines']").forEach(takesLines);
  scope.querySelectorAll("[data-portal='choices']").forEach(searchable);
  scope.querySelectorAll("[data-portal='rows']").forEach(addable);
  scope.querySelectorAll("[data-portal='draft']").forEach(keepsDraft);
}

initAll();
enhance(document);

// What htmx puts into a page gets the same.
document.body.addEventListener("htmx:afterSwap", (event) => {
  initAll({ scope: event.detail.elt });
  enhance(event.detail.elt);
});

document.querySelectorAll("[data-portal='print']").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
