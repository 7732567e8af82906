/* Light or dark: the system decides until the reader chooses; the choice stays in this browser.
   Loaded before the page is drawn, so that it never flashes. */
(() => {
  const KEY = "guichet-theme";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const systemTheme = () => (system.matches ? "dark" : "light");
  const saved = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  };
  const save = (theme) => {
    try {
      if (theme === systemTheme()) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, theme);
    } catch {
      /* A browser that keeps nothing still changes for this page. */
    }
  };
  const current = () => root.dataset.bsTheme || systemTheme();
  const label = () => {
    const words = document.querySelector("[data-theme-label]");
    if (words) words.textContent = `Passer en affichage ${current() === "dark" ? "clair" : "sombre"}`;
  };

  const choice = saved();
  root.dataset.bsTheme = choice === "dark" || choice === "light" ? choice : systemTheme();
  system.addEventListener("change", () => {
    if (!saved()) root.dataset.bsTheme = systemTheme();
    label();
  });
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-theme-switch]");
    if (!button) return;
    button.hidden = false;
    label();
    button.addEventListener("click", () => {
      const theme = current() === "dark" ? "light" : "dark";
      root.dataset.bsTheme = theme;
      save(theme);
      label();
    });
  });
})();
