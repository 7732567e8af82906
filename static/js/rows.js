/* Repeating rows: a row is added or removed at once. Without this script the add button submits the form.

   [data-rows] holds a table of [data-row], a <template data-rows-template> whose names and ids hold __n__, a button
   [data-rows-add] and, in each row, a button [data-rows-remove]. data-rows-max limits the rows. */

for (const rows of document.querySelectorAll("[data-rows]")) start(rows);

function start(rows) {
  const said = document.createElement("span");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  rows.append(said);
  for (const button of rows.querySelectorAll("[data-rows-remove]")) button.hidden = false;
  rows.addEventListener("click", (event) => {
    const add = event.target.closest("[data-rows-add]");
    const remove = event.target.closest("[data-rows-remove]");
    if (!add && !remove) return;
    event.preventDefault();
    said.textContent = add ? added(rows) : removed(rows, remove.closest("[data-row]"));
    rows.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function lines(rows) {
  return [...rows.querySelectorAll("table > tbody > [data-row]")];
}

function added(rows) {
  const most = Number(rows.dataset.rowsMax) || Infinity;
  const present = lines(rows);
  if (present.length >= most) return `Pas plus de ${most} lignes.`;
  const line = rows.querySelector("template[data-rows-template]").content.querySelector("[data-row]").cloneNode(true);
  const next = 1 + Math.max(-1, ...present.map(number));
  for (const element of line.querySelectorAll("*")) {
    for (const attribute of element.attributes) attribute.value = attribute.value.replaceAll("__n__", next);
  }
  rows.querySelector("table > tbody").append(line);
  for (const button of line.querySelectorAll("[data-rows-remove]")) button.hidden = false;
  line.querySelector("input, select, textarea")?.focus();
  return "Ligne ajoutée.";
}

function removed(rows, line) {
  const present = lines(rows);
  const neighbour = present[present.indexOf(line) + 1] || present[present.indexOf(line) - 1];
  line.remove();
  (neighbour?.querySelector("input, select, textarea") || rows.querySelector("[data-rows-add]")).focus();
  return "Ligne retirée.";
}

function number(line) {
  const named = line.querySelector("[name]")?.name.match(/-(\d+)-[^-]+$/);
  return named ? Number(named[1]) : -1;
}
