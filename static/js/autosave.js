/* Saves a long form as one writes: <form data-autosave data-autosave-key="id of the person">.

   Posts the form to its own address with X-Autosave: 1. The answers understood:
     200 {version, heure, etat, manques}   saved; also told by the event "autosave:saved" on the form
     409 {conflit, message, url}           someone else saved meanwhile: nothing is overwritten, saving stops
     422 {erreurs: {field: [message]}}     said beside each field
   Anything else is a failure: it is said, the text stays in this browser, and is offered at the next opening.
   A field with data-never-kept (a bank account) is sent but never stays in the browser, which others may use.
   The words are shown in [data-autosave-state], inside the form or elsewhere in the page. */

const DELAY = 1500;
const RETRY = 20000;
const KEPT_FOR = 7 * 24 * 3600 * 1000;
const NOT_TEXT = new Set(["csrfmiddlewaretoken", "version"]);
const NBSP = "\u00a0";

for (const form of document.querySelectorAll("form[data-autosave]")) start(form);
forgetOld();

function start(form) {
  const key = `guichet-brouillon:${form.dataset.autosaveKey || ""}:${address(form).pathname}`;
  const page = { form, key, dirty: false, saving: false, stopped: false, timer: 0 };
  const changed = () => {
    page.dirty = true;
    if (page.stopped) return keep(page, "echec");
    say(page, "waiting", "Modifications non encore enregistrées");
    schedule(page, DELAY);
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", () => {
    clearTimeout(page.timer);
    renewToken(form);
    keep(page, "envoi");
    page.dirty = page.saving = false;
  });
  addEventListener("beforeunload", (event) => {
    if (page.dirty || page.saving) event.preventDefault();
  });
  addEventListener("online", () => page.dirty && !page.stopped && schedule(page, 0));
  offer(page);
}

/* Read as it is written: a field named "action" hides the property of the form. */
function address(form) {
  return new URL(form.getAttribute("action") || "", location.href);
}

function schedule(page, delay) {
  clearTimeout(page.timer);
  page.timer = setTimeout(() => save(page), delay);
}

async function save(page) {
  if (page.saving) return schedule(page, DELAY);
  page.saving = true;
  page.dirty = false;
  renewToken(page.form);
  let response = null;
  try {
    response = await fetch(address(page.form), {
      method: "POST",
      headers: { "X-Autosave": "1", Accept: "application/json" },
      body: new URLSearchParams(texts(page.form, false)),
      credentials: "same-origin",
      redirect: "manual",
    });
  } catch {
    /* No network: handled below, as any answer that is not understood. */
  }
  page.saving = false;
  await answer(page, response);
}

async function answer(page, response) {
  const told = await json(response);
  if (response?.status === 200 && told) return saved(page, told);
  page.dirty = true;
  keep(page, "echec");
  if (response?.status === 409 && told) return conflict(page, told);
  if (response?.status === 422 && told) return refused(page, told.erreurs || {});
  const signedOut = response && (response.type === "opaqueredirect" || response.status === 401 || response.status === 403);
  if (signedOut) {
    say(page, "failed", "Votre session est terminée : votre texte est gardé ici. Reconnectez-vous dans un autre onglet.");
  } else {
    say(page, "failed", "Échec de l’enregistrement : votre texte est gardé ici");
  }
  schedule(page, RETRY);
}

async function json(response) {
  if (!response?.headers.get("Content-Type")?.startsWith("application/json")) return null;
  try {
    return await response.json();
  } catch {
    return null;
  }
}

function saved(page, told) {
  const version = page.form.elements.namedItem("version");
  if (version) version.value = told.version;
  clearErrors(page.form);
  page.form.dispatchEvent(new CustomEvent("autosave:saved", { detail: told, bubbles: true }));
  if (page.dirty) return schedule(page, DELAY);
  forget(page);
  say(page, "saved", `Enregistré à ${told.heure}`);
}

function conflict(page, told) {
  page.stopped = true;
  say(page, "conflict", told.message);
}

function refused(page, errors) {
  clearErrors(page.form);
  for (const [name, messages] of Object.entries(errors)) {
    const box = document.getElementById(`div_id_${name}`);
    if (!box) continue;
    const feedback = document.createElement("div");
    feedback.className = "invalid-feedback";
    feedback.dataset.autosaveError = "";
    feedback.textContent = messages.join(" ");
    box.append(feedback);
  }
  say(page, "failed", "Non enregistré : une réponse est à corriger. Votre texte est gardé ici.");
}

function clearErrors(form) {
  for (const feedback of form.querySelectorAll("[data-autosave-error]")) feedback.remove();
}

function say(page, state, words) {
  const place = page.form.querySelector("[data-autosave-state]") || document.querySelector("[data-autosave-state]");
  if (!place) return;
  const text = french(words);
  place.dataset.state = state;
  if (place.textContent !== text) place.textContent = text;
}

function french(words) {
  return words.replaceAll(" :", `${NBSP}:`).replaceAll(" h ", `${NBSP}h${NBSP}`);
}

/* Signing in again, in another tab, changes the token: the cookie has the one in force. */
function renewToken(form) {
  const token = document.cookie.match(/(?:^|; )(?:__Host-|__Secure-)?csrftoken=([^;]+)/);
  const field = form.elements.namedItem("csrfmiddlewaretoken");
  if (token && field) field.value = token[1];
}

function texts(form, onlyText) {
  const all = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  return onlyText ? all.filter(([name]) => !NOT_TEXT.has(name) && !neverKept(form, name)) : all;
}

function neverKept(form, name) {
  return form.elements.namedItem(name)?.dataset?.neverKept !== undefined;
}

function versionOf(form) {
  return form.elements.namedItem("version")?.value || "";
}

function keep(page, reason) {
  const copy = { at: Date.now(), reason, version: versionOf(page.form), texts: texts(page.form, true) };
  try {
    localStorage.setItem(page.key, JSON.stringify(copy));
  } catch {
    /* A full or closed storage: what is said on the page stays true, the text is still in it. */
  }
}

function kept(page) {
  try {
    return JSON.parse(localStorage.getItem(page.key));
  } catch {
    return null;
  }
}

function forget(page) {
  try {
    localStorage.removeItem(page.key);
  } catch {
    /* Nothing was kept. */
  }
}

function storedNames() {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}

/* The copies of pages nobody came back to. */
function forgetOld() {
  for (const key of storedNames().filter((name) => name.startsWith("guichet-brouillon:"))) {
    const copy = kept({ key });
    if (!copy || Date.now() - copy.at > KEPT_FOR) forget({ key });
  }
}

function offer(page) {
  const copy = kept(page);
  if (!copy) return;
  const same = JSON.stringify(copy.texts) === JSON.stringify(texts(page.form, true));
  const arrived = copy.reason === "envoi" && copy.version !== versionOf(page.form);
  if (same || arrived || Date.now() - copy.at > KEPT_FOR) return forget(page);
  const notice = document.createElement("div");
  notice.className = "notice tone-warn";
  notice.setAttribute("role", "status");
  const words = document.createElement("p");
  const when = new Date(copy.at).toLocaleString("fr-FR", { dateStyle: "long", timeStyle: "short" });
  const since = copy.version === versionOf(page.form) ? "" : " Depuis, la page a été modifiée : vous pourrez comparer avant d’enregistrer.";
  words.textContent = french(`Un texte que vous aviez saisi le ${when} n’a pas été enregistré. Il est gardé dans ce navigateur.${since}`);
  const actions = document.createElement("div");
  actions.className = "actions";
  actions.append(
    button("Reprendre mon texte", "btn btn-primary", () => {
      restore(page.form, copy);
      notice.remove();
      page.form.dispatchEvent(new Event("input", { bubbles: true }));
    }),
    button("Le jeter", "btn btn-secondary", () => {
      forget(page);
      notice.remove();
    }),
  );
  notice.append(words, actions);
  page.form.before(notice);
}

function button(words, classes, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = classes;
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

/* With the version the text was written on: if the page changed since, the server says so instead of overwriting. */
function restore(form, copy) {
  const values = grouped(copy.texts);
  const version = form.elements.namedItem("version");
  if (version) version.value = copy.version;
  for (const name of values.keys()) addMissingRow(form, name);
  for (const field of form.elements) {
    if (!field.name || NOT_TEXT.has(field.name) || ["file", "submit", "button"].includes(field.type)) continue;
    const wanted = (values.get(field.name) || []).map(([, value]) => value);
    if (field.type === "checkbox" || field.type === "radio") field.checked = wanted.includes(field.value);
    else if (field.multiple && field.options) for (const option of field.options) option.selected = wanted.includes(option.value);
    else if (wanted.length) field.value = wanted[0];
  }
}

function grouped(pairs) {
  const groups = new Map();
  for (const pair of pairs) groups.set(pair[0], [...(groups.get(pair[0]) || []), pair]);
  return groups;
}

function addMissingRow(form, name) {
  const parts = name.match(/^(.+)-(\d+)-([^-]+)$/);
  const add = parts && form.querySelector(`[data-rows-add][value="${CSS.escape(parts[1])}"]`);
  if (add && !form.elements.namedItem(name)) add.click();
}
