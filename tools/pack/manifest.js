// Writes `pkg/custom-elements.json`, which describes the widget for editors and documentation tools, from its JSDoc.

import { readFileSync, writeFileSync } from "node:fs";

// @ts-expect-error: its types do not name what it exports
import { create, ts } from "@custom-elements-manifest/analyzer";

const FILES = ["widget.js", "widget/element.js"];
const pkg = new URL("../../pkg/", import.meta.url);

const modules = FILES.map((name) =>
  ts.createSourceFile(name, readFileSync(new URL(name, pkg), "utf8"), ts.ScriptTarget.ES2022, true),
);

/** @typedef {{ name: string, privacy?: string }} Named */

/** @param {Named} member */
function isPublic({ name, privacy }) {
  return privacy !== "private" && !/Callback$|^(observedAttributes|adoptedStyleSheets)$/.test(name);
}

/** Leaves out private members, and names modules like the package. */
const tidy = {
  name: "tidy",
  /** @param {{ customElementsManifest: any }} made */
  packageLinkPhase({ customElementsManifest }) {
    for (const { declarations, exports } of customElementsManifest.modules) {
      for (const declaration of declarations) {
        if (!declaration.tagName) continue;
        const { members, events, attributes } = declaration;
        declaration.members = members.filter(isPublic);
        // A name that is one of our variables is not an event.
        declaration.events = events.filter((/** @type {Named} */ { name }) => name.includes("-"));
        // The replacement for environments without elements does not matter here.
        declaration.superclass = { name: "HTMLElement", package: "global:" };
        for (const attribute of attributes) {
          const field = members.find(
            (/** @type {Named} */ { name }) => name === attribute.fieldName,
          );
          field.reflects = true;
        }
      }
      for (const { name, declaration } of exports) {
        declaration.module = declaration.module.replace(/^\.?\//, "");
        if (name.startsWith("PrefectEvent")) declaration.module = "widget/element.js";
      }
    }
  },
};

const manifest = create({ modules, plugins: [tidy], context: { dev: false } });
writeFileSync(new URL("custom-elements.json", pkg), `${JSON.stringify(manifest, null, 2)}\n`);
