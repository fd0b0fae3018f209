// Renders the pages: node server.mjs FOLDER, with `data.json` there.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";

import { renderToString } from "react-dom/server";
import { codeToHast } from "shiki";

import { Site } from "./site.jsx";

const [, , folder = ""] = argv;
const data = JSON.parse(readFileSync(join(folder, "data.json"), "utf8"));

async function highlight(block) {
  const { language, text } = block;
  const root = await codeToHast(text, {
    lang: language,
    themes: { light: "github-light-default", dark: "dark-plus" },
    transformers: [
      {
        // As Mintlify names the language.
        pre: ({ properties }) => {
          properties.language = language;
        },
        code: ({ properties }) => {
          properties.language = language;
          properties.numberoflines = String(text.split("\n").length);
        },
      },
    ],
  });
  block.tree = root.children[0];
}

for (const { parts } of Object.values(data.pages)) {
  for (const part of parts) {
    for (const block of part.blocks ?? (part.language ? [part] : [])) await highlight(block);
  }
}

writeFileSync(join(folder, "site", "data.js"), `self.__next_f = ${JSON.stringify(data)};\n`);
for (const path of Object.keys(data.pages)) {
  const html = renderToString(<Site {...data} path={path} />);
  const file = path === "/" ? "index" : path.slice(1);
  writeFileSync(join(folder, "site", `${file}.html`), `<!doctype html>${html}`);
}
