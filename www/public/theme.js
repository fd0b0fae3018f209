// The theme that was chosen, if any; the system's otherwise.
try {
  const theme = localStorage.getItem("prefect-events-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden: then the system decides.
}
