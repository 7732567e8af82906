/* On a phone the links run in a line that scrolls: the one of this page is brought into sight. */
for (const here of document.querySelectorAll(".site-nav [aria-current]")) {
  const line = here.closest(".site-nav");
  line.scrollLeft += here.getBoundingClientRect().left - line.getBoundingClientRect().left - 24;
}

/* The account's menu closes when one leaves it: Escape, a click or the focus elsewhere. */
for (const menu of document.querySelectorAll("details.account")) {
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  for (const leaving of ["click", "focusin"]) {
    document.addEventListener(leaving, (event) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  }
}
