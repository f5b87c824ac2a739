// What is typed into a form is kept on the server while it is typed and when the page is left, until it is sent.
const PAUSE = 2000;
const AGAIN = 5000;
// What a browser still sends of a page that is gone.
const LARGEST_LAST_WORDS = 60000;

export function keepsDraft(status) {
  const form = status.closest("form");
  let isChanged = false;
  let isSent = false;
  let timer = 0;
  let sending = null;

  // A row that is saved already has nothing to keep.
  function isTyped([name, value]) {
    if (typeof value !== "string") return false;
    const { leaveOut } = status.dataset;
    return !leaveOut || !form.elements[name]?.closest?.(leaveOut);
  }

  function say(words) {
    if (status.textContent !== words) status.textContent = words;
  }

  function keepIn(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(keep, milliseconds);
  }

  async function keep() {
    clearTimeout(timer);
    if (!isChanged || isSent) return;
    const typed = [...new FormData(form)].filter(isTyped);
    const body = new URLSearchParams(typed).toString();
    // An earlier save must not arrive after this one.
    sending?.abort();
    const mine = (sending = new AbortController());
    isChanged = false;
    try {
      const answer = await fetch(status.dataset.address, {
        method: "POST",
        body,
        headers: { Accept: "text/plain", "Content-Type": "application/x-www-form-urlencoded" },
        keepalive: body.length < LARGEST_LAST_WORDS,
        redirect: "manual",
        signal: mine.signal,
      });
      const words = answer.ok ? await answer.text() : "";
      if (answer.ok) say(words && status.dataset.of ? `${status.dataset.of}: ${words}` : words);
      else if (answer.type === "opaqueredirect") say("You are no longer signed in. What you typed is kept: send it, and sign in.");
      else if (answer.status === 413) say("Not saved: there is more here than a draft can hold.");
      else if (answer.status === 429 || answer.status >= 500) throw new Error(answer.statusText);
      else say("Not saved as you type. It is saved when you send it.");
    } catch {
      if (mine.signal.aborted) return;
      isChanged = true;
      say("Not saved yet: no connection. We keep trying.");
      keepIn(AGAIN);
    }
  }

  function change() {
    isChanged = true;
    keepIn(PAUSE);
  }

  form.addEventListener("input", change);
  form.addEventListener("change", change);
  form.addEventListener("submit", (event) => {
    if (!navigator.onLine) {
      event.preventDefault();
      say("Not sent: no connection. What you typed stays here: send it once the connection is back.");
      return;
    }
    // What is sent must not come back as a draft.
    isSent = true;
    clearTimeout(timer);
    sending?.abort();
  });
  window.addEventListener("online", keep);
  // Before the next page is asked for, which may show the same form; and where no page follows.
  window.addEventListener("beforeunload", keep);
  window.addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep();
  });
  // Back to a page that the browser kept whole.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) isSent = false;
  });
}
