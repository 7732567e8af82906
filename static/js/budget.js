/* Totals of a provisional budget as one types. The server's totals are the ones that count; see components/budget.html. */

const NBSP = "\u00a0";
const plain = new Intl.NumberFormat("fr-FR", { minimumFractionDigits: 0, maximumFractionDigits: 0 });
const cents = new Intl.NumberFormat("fr-FR", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

for (const budget of document.querySelectorAll("[data-budget]")) {
  budget.addEventListener("input", () => total(budget));
}

function total(budget) {
  const totals = {};
  for (const side of budget.querySelectorAll("[data-budget-side]")) {
    let sum = 0;
    for (const account of side.querySelectorAll("[data-budget-account]")) {
      const subtotal = [...account.querySelectorAll("[data-budget-amount]")].reduce((so, field) => so + amount(field.value), 0);
      write(account.querySelector("[data-budget-subtotal]"), euros(subtotal));
      sum += subtotal;
    }
    write(side.querySelector("[data-budget-total]"), euros(sum));
    totals[side.dataset.budgetSide] = sum;
  }
  balance(budget.querySelector("[data-budget-balance]"), totals.produits - totals.charges);
}

function balance(place, difference) {
  if (!place) return;
  place.classList.toggle("tone-ok", difference === 0);
  place.classList.toggle("tone-warn", difference !== 0);
  if (difference === 0) write(place, "Le budget est équilibré.");
  else if (difference < 0) write(place, `Il manque ${euros(-difference)} de produits pour équilibrer le budget.`);
  else write(place, `Les produits dépassent les charges de ${euros(difference)}.`);
}

/* In cents, so that sums are exact; what is not a number counts for nothing until the server says why. */
function amount(text) {
  const clean = text.replace(/[\s\u00a0\u202f€]/g, "").replace(",", ".");
  return /^\d+(\.\d{1,2})?$/.test(clean) ? Math.round(Number(clean) * 100) : 0;
}

function euros(value) {
  const written = (value % 100 ? cents : plain).format(value / 100);
  return `${written.replaceAll("\u202f", NBSP)}${NBSP}€`;
}

function write(place, text) {
  if (place && place.textContent !== text) place.textContent = text;
}
