// The widget's styles. The page only affects them through custom properties and parts, and they do not affect the page.

/** Documented in the element's JSDoc; each has a default per theme, which a page can override. */
const css = `
:host { display: block; }
:host([hidden]), [hidden] { display: none !important; }

.widget {
  --_valid: var(--prefect-events-valid-color, #1a7f37);
  --_error: var(--prefect-events-error-color, #b3202c);
  --_warning: var(--prefect-events-warning-color, #855800);
  --_info: var(--prefect-events-info-color, #0b5cad);
  --_line: var(--prefect-events-line-color, rgb(0 0 0 / 0.14));
  --_tint: rgb(0 0 0 / 0.045);
  color-scheme: light;
  margin-block: var(--_pull, 0px) var(--_push, 0px);
  color: var(--prefect-events-color, inherit);
  font-family: var(--prefect-events-font, inherit);
  font-size: var(--prefect-events-font-size, 0.85em);
  font-style: normal;
  font-weight: 400;
  letter-spacing: normal;
  line-height: 1.5;
  text-align: start;
  text-indent: 0;
  text-transform: none;
  white-space: normal;
  word-spacing: normal;
  overflow-wrap: break-word;
}
.widget[data-theme="dark"] {
  --_valid: var(--prefect-events-valid-color, #56d364);
  --_error: var(--prefect-events-error-color, #ff9089);
  --_warning: var(--prefect-events-warning-color, #e3b341);
  --_info: var(--prefect-events-info-color, #8fc1ff);
  --_line: var(--prefect-events-line-color, rgb(255 255 255 / 0.16));
  --_tint: rgb(255 255 255 / 0.07);
  color-scheme: dark;
}

/* The verdict: one line under the code. */
.verdict {
  display: flex;
  flex-wrap: wrap;
  align-items: baseline;
  gap: 0 1em;
  min-height: 2em;
}
.summary {
  flex: 1 1 16em;
  display: flex;
  gap: 0.5em;
  align-items: baseline;
  min-width: 0;
}
.summary > .words { min-width: 0; overflow-wrap: anywhere; }
code, .name {
  font-family: var(--prefect-events-code-font, ui-monospace, SFMono-Regular, Menlo, Consolas, monospace);
  font-size: 0.94em;
}
svg {
  flex: none;
  width: 1em;
  height: 1em;
  translate: 0 0.14em;
  fill: none;
  stroke: currentColor;
  stroke-width: 1.6;
  stroke-linecap: round;
  stroke-linejoin: round;
}
.valid svg.icon { color: var(--_valid); }
.error svg.icon, svg.error { color: var(--_error); }
.warning svg.icon, svg.warning { color: var(--_warning); }
.info svg.icon, svg.info { color: var(--_info); }

button {
  appearance: none;
  margin: 0;
  padding: 0.25em 0;
  border: 0;
  border-radius: 3px;
  background: none;
  color: inherit;
  font: inherit;
  letter-spacing: inherit;
  text-align: inherit;
  cursor: pointer;
}
.disclosure:hover .label, .action:hover { text-decoration: underline; text-underline-offset: 0.2em; }
:is(button, a, textarea):focus-visible {
  outline: 2px solid var(--prefect-events-focus-color, currentColor);
  outline-offset: 2px;
}
.actions { display: flex; flex-wrap: wrap; gap: 0 1.1em; margin-inline-start: auto; }
.disclosure { margin-inline-end: 0.35em; }
.disclosure .label { font-weight: 600; }
.disclosure .chevron { width: 0.75em; height: 0.75em; margin-inline-start: 0.35em; translate: 0 0.05em; }
.disclosure[aria-expanded="true"] .chevron { rotate: 90deg; }

/* The findings. */
.findings {
  margin: 0.1em 0 0.5em;
  padding: 0;
  border-top: 1px solid var(--_line);
  list-style: none;
}
.finding {
  display: flex;
  gap: 0.5em;
  align-items: baseline;
  padding: 0.35em 0;
  border-bottom: 1px solid var(--_line);
}
.finding > .about { flex: 1; min-width: 0; }
.place { display: block; width: 100%; overflow-wrap: anywhere; }
.finding:has(.place:hover, .place[aria-current="true"]) { background: var(--_tint); }
.line { white-space: nowrap; opacity: 0.85; }
.next { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1.1em; }
.next > * { padding: 0.15em 0; overflow-wrap: anywhere; }
.more { padding: 0.35em 0; margin: 0; }
a, .fix {
  border-radius: 3px;
  color: inherit;
  text-decoration: underline 1px color-mix(in srgb, currentColor 45%, transparent);
  text-underline-offset: 0.22em;
}
.fix { color: var(--_info); }
:is(a, .fix):hover { text-decoration-color: currentColor; }

/* Example runs. */
.play { margin: 0.1em 0 0.6em; padding-top: 0.4em; border-top: 1px solid var(--_line); }
.findings:not([hidden]) + .play { border-top: 0; padding-top: 0; }
.example { margin: 0 0 0.9em; }
.example > figcaption { display: flex; gap: 0.5em; align-items: baseline; margin: 0 0 0.35em; }
.example > figcaption > span { min-width: 0; overflow-wrap: anywhere; }
.example.fires > figcaption > svg { color: var(--_warning); fill: currentColor; }
.why { margin: 0.2em 0; overflow-wrap: anywhere; }
.choice { margin: 0 0 0.5em; }
select { font: inherit; color: inherit; background: transparent; border: 1px solid var(--_line); border-radius: 3px; }
option { color: CanvasText; background: Canvas; }
details > summary { width: max-content; border-radius: 3px; cursor: pointer; }
:is(summary, select):focus-visible { outline: 2px solid var(--prefect-events-focus-color, currentColor); outline-offset: 2px; }
.steps { margin: 0.2em 0; padding-inline-start: 1.5em; list-style: disc; }
svg.timeline { display: block; width: auto; max-width: 100%; height: auto; translate: none; stroke: none; overflow: visible; }
.timeline text { fill: currentColor; font-size: 11px; font-family: inherit; }
.timeline .name { font-weight: 600; font-family: inherit; }
.timeline :is(.time, .state, .caption) { opacity: 0.85; }
.timeline .caption.wrong { fill: var(--_error); opacity: 1; font-weight: 600; }
.timeline :is(.grid, .rest, .tick) { stroke: var(--_line); stroke-width: 1; }
.timeline .rest { stroke-dasharray: 2 3; }
.timeline .tick { stroke: currentColor; stroke-opacity: 0.35; }
.timeline .life { stroke: currentColor; stroke-opacity: 0.6; stroke-width: 1.5; }
.timeline .window { fill: var(--_info); fill-opacity: 0.16; stroke: var(--_info); stroke-width: 1; }
.timeline .window.firing { fill: var(--_warning); fill-opacity: 0.2; stroke: var(--_warning); }
.timeline .heartbeat { fill: currentColor; stroke: none; }
.timeline .missed { fill: none; stroke: var(--_error); stroke-width: 1.5; }
.timeline .death { stroke: currentColor; stroke-width: 2; }
.timeline .fire { stroke: var(--_warning); stroke-width: 2; fill: var(--_warning); }
.timeline .fire.hollow { fill: none; stroke-width: 1.5; }
.timeline .fire.silent { stroke-dasharray: 3 3; }

/* The editor: a field, and on top of it the same text with colours and marks. */
.editor {
  margin: var(--_top, 0) var(--_right, 0) 0.3em var(--_left, 0);
  border-radius: var(--_radius, 0);
  background: var(--prefect-events-editor-background, var(--_background, transparent));
  box-shadow: 0 0 0 1px var(--_line);
  overflow: auto;
  max-height: var(--_height, none);
}
.editor:focus-within {
  outline: 2px solid var(--prefect-events-focus-color, var(--_code-color, currentColor));
  outline-offset: 1px;
}
.field { position: relative; width: max-content; min-width: 100%; box-sizing: border-box; }
.field.wraps { width: auto; }
.field > * {
  box-sizing: border-box;
  margin: 0;
  border: 0;
  padding: var(--_padding, 1em);
  background: none;
  font: var(--_code-font, 400 0.9em/1.5 monospace);
  font-feature-settings: var(--_code-features, normal);
  font-variant-ligatures: none;
  letter-spacing: var(--_code-spacing, normal);
  tab-size: var(--_code-tab, 4);
  white-space: var(--_code-wrap, pre);
  overflow-wrap: break-word;
  word-break: normal;
  text-align: start;
}
.field > .shown { position: relative; min-height: 3em; color: var(--_code-color, inherit); pointer-events: none; }
textarea {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
  resize: none;
  overflow: hidden;
  outline: none !important;
  color: transparent;
  -webkit-text-fill-color: transparent;
  caret-color: var(--_code-color, currentColor);
}
@media (forced-colors: none) {
  textarea::selection {
    background: color-mix(in srgb, var(--_info) 30%, transparent);
    color: transparent;
    -webkit-text-fill-color: transparent;
  }
}
.mark { text-decoration: underline wavy 1px; text-underline-offset: 0.25em; text-decoration-skip-ink: none; border-radius: 2px; }
.mark.error { text-decoration-color: var(--_error); }
.mark.warning { text-decoration-color: var(--_warning); }
.mark.info { text-decoration-color: var(--_info); }
.mark.active { background: color-mix(in srgb, currentColor 16%, transparent); }
.mark.empty { padding-inline-end: 0.5ch; margin-inline-end: -0.5ch; }

.unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  margin: -1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

@media (prefers-reduced-motion: no-preference) {
  .disclosure .chevron { transition: rotate 0.12s ease-out; }
}
@media (forced-colors: active) {
  textarea { color: FieldText; -webkit-text-fill-color: currentColor; }
  .field > .shown { visibility: hidden; }
  .finding:has(.place[aria-current="true"]) { outline: 1px solid; }
}
@media print {
  .actions, .editor { display: none; }
}
`;

/** Marks in the page's code: visible on light and dark backgrounds, without changing text colours. */
const markCss = `
::highlight(prefect-event-error) { text-decoration: underline wavy 1px #e5484d; }
::highlight(prefect-event-warning) { text-decoration: underline wavy 1px #b7791f; }
::highlight(prefect-event-info) { text-decoration: underline wavy 1px #3b82f6; }
::highlight(prefect-event-active) { background-color: rgb(128 128 128 / 0.3); }
`;

/** @param {string} text */
function sheet(text) {
  /** @type {CSSStyleSheet | undefined} */
  let made;
  return () => {
    if (!made) {
      made = new CSSStyleSheet();
      made.replaceSync(text);
    }
    return made;
  };
}

/** Constructed style sheets, so that a Content Security Policy for styles does not block them. */
export const styles = sheet(css);
export const markStyles = sheet(markCss);
