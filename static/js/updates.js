// The page of many updates: a row is saved by itself, and what is typed there is never lost.
const list = document.querySelector("[data-portal='updates']");

// What each row held when it was sent, what was typed there while the portal answered, and which are to be sent again.
const sent = new Map();
const typed = new Map();
const again = new Set();

function boxes(row) {
  return [...row.querySelectorAll("select, textarea")];
}

function values(row) {
  return new Map(boxes(row).map((box) => [box.id, box.value]));
}

function mark(row, state, template) {
  row.className = `portal-update portal-update--${state}`;
  row.querySelector(".portal-update__mark").replaceChildren(
    document.getElementById(template).content.cloneNode(true),
  );
}

function rowOf(event) {
  return event.target.closest(".portal-update");
}

list?.addEventListener("input", (event) => {
  const row = rowOf(event);
  if (row) mark(row, "unsaved", "update-unsaved");
});

list?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  rowOf(event)?.querySelector("button[name='save']").click();
});

list?.addEventListener("htmx:beforeRequest", (event) => {
  const row = rowOf(event);
  // One answer at a time, or an older one would come over a newer.
  if (sent.has(row.id)) {
    event.preventDefault();
    again.add(row.id);
  } else {
    sent.set(row.id, values(row));
  }
});

list?.addEventListener("htmx:beforeSwap", (event) => {
  const row = rowOf(event);
  const before = sent.get(row.id);
  sent.delete(row.id);
  // Another page, such as the one to sign in on, is no answer for a row.
  if (!event.detail.serverResponse.includes(`id="${row.id}"`)) {
    event.detail.shouldSwap = false;
    again.delete(row.id);
    mark(row, "refused", "update-unsent");
    return;
  }
  typed.set(row.id, [...values(row)].filter(([id, value]) => before.get(id) !== value));
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  const row = event.target.closest(".portal-update");
  if (!row || !typed.has(row.id)) return;
  const words = typed.get(row.id);
  typed.delete(row.id);
  for (const [id, value] of words) document.getElementById(id).value = value;
  if (words.length) mark(row, "unsaved", "update-unsaved");
  // The draft of the page is what its rows hold now.
  row.dispatchEvent(new Event("change", { bubbles: true }));
  if (again.delete(row.id) && words.length) row.querySelector("button[name='save']").click();
});

for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  list?.addEventListener(failure, (event) => {
    const row = rowOf(event);
    sent.delete(row.id);
    again.delete(row.id);
    mark(row, "refused", "update-unsent");
  });
}

// What is typed is kept as a draft; only where that cannot be sent does leaving ask first.
window.addEventListener("beforeunload", (event) => {
  if (!navigator.onLine && list?.querySelector(".portal-update--unsaved, .portal-update--refused, .portal-update--stale")) {
    event.preventDefault();
  }
});
