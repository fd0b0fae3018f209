// Light, dark, or the system's theme. `public/early.js` applies the choice before the first paint.

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "prefect-events-theme";

export function theme(): Theme {
  const set = document.documentElement.dataset.theme;
  return THEMES.find((one) => one === set) ?? "system";
}

export function setTheme(theme: Theme) {
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset.theme;
  else dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Storage may be forbidden: then the choice only lasts until the page is closed.
  }
  // For drawings, which cannot use colours from styles.
  dispatchEvent(new Event("themechange"));
}
