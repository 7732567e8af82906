// The page of a territory: each form is sent without reloading, and the list of parts is filtered as one types.
// Without this script every gesture works, by a reload.

const main = () => document.getElementById("contenu");

async function send(form, button) {
  const data = new FormData(form);
  if (button?.name) data.append(button.name, button.value);
  form.setAttribute("aria-busy", "true");
  const answer = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin" });
  const html = await answer.text();
  const found = new DOMParser().parseFromString(html, "text/html");
  const next = found.querySelector("[data-territory]") && found.getElementById("contenu");
  if (!next) {
    window.location.assign(answer.url);
    return;
  }
  replace(next, button?.id);
  if (answer.redirected) window.history.replaceState(null, "", answer.url);
}

function replace(next, focused) {
  const scroll = window.scrollY;
  const opened = new Set([...document.querySelectorAll("details.parts[open] > summary")].map((each) => each.textContent));
  main().replaceWith(next);
  for (const summary of document.querySelectorAll("details.parts > summary")) {
    if (opened.has(summary.textContent)) summary.parentElement.open = true;
  }
  window.htmx?.process(next);
  window.scrollTo({ top: scroll, behavior: "instant" });
  const wanted = ["erreurs", focused, "parts"].filter(Boolean).map((id) => document.getElementById(id));
  const target = wanted.find(Boolean);
  target?.focus({ preventScroll: target.id !== "erreurs" });
}

function filter(words) {
  const wanted = words.trim().toLocaleLowerCase("fr");
  for (const group of document.querySelectorAll("details.parts")) {
    let shown = 0;
    for (const part of group.querySelectorAll("li")) {
      part.hidden = wanted !== "" && !part.textContent.toLocaleLowerCase("fr").includes(wanted);
      shown += part.hidden ? 0 : 1;
    }
    group.hidden = shown === 0;
    if (wanted !== "" && shown > 0) group.open = true;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.closest("[data-territory]") || form.method !== "post") return;
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  send(form, event.submitter).catch(() => form.submit());
});

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-parts-filter]")) filter(event.target.value);
});
