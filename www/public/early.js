// The theme that was chosen, if any; the system's otherwise.
try {
  const theme = localStorage.getItem("prefect-events-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden: then the system decides.
}

{
  // CodeMirror writes its styles into a style element. It gets a nonce; a style element without it does nothing. A nonce
  // that stood in the page's file would be known to everybody, so it is made at each load, and the policy with it.
  // Style attributes are allowed: Chromium writes some when text in an editor is replaced, and would report each.
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))));
  const policy = document.createElement("meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = `style-src 'self' 'nonce-${nonce}'; style-src-attr 'unsafe-inline'`;
  // Where Vite looks for it too.
  const nonceElement = document.createElement("meta");
  nonceElement.setAttribute("property", "csp-nonce");
  nonceElement.nonce = nonce;
  document.head.append(policy, nonceElement);
}
