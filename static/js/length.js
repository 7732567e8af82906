/* A long text is never cut without a word: where a text area has a limit, one may go past it, and reads by how much. The
   server refuses what is too long. Without script the browser stops at the limit. */

const NEAR = 0.8;
const WAIT = 400;
const grouped = new Intl.NumberFormat("fr-FR");

for (const area of document.querySelectorAll("textarea[maxlength]")) watch(area);
document.addEventListener("focusin", ({ target }) => target.matches("textarea[maxlength]") && watch(target));

function watch(area) {
  const most = area.maxLength;
  const told = document.createElement("p");
  told.className = "form-text length-told";
  told.setAttribute("role", "status");
  area.removeAttribute("maxlength");
  area.after(told);
  let timer = 0;
  const tell = () => {
    const text = words(area.value.length, most);
    if (told.textContent !== text) told.textContent = text;
    told.classList.toggle("is-over", area.value.length > most);
  };
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(tell, WAIT);
  });
  tell();
}

function words(length, most) {
  if (length > most) {
    const over = length - most;
    return `${grouped.format(over)} ${over > 1 ? "caractères" : "caractère"} de trop\u00a0: ${grouped.format(most)} au plus.`;
  }
  return length >= most * NEAR ? `${grouped.format(length)} caractères sur ${grouped.format(most)}.` : "";
}
