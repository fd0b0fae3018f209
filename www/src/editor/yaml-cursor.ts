// Finds the cursor's location in a YAML text by lines and indentation, because unfinished text is seldom valid YAML.

import type { Cursor, Level } from "./schema-completion.ts";

interface Line {
  /** The columns of its dashes. */
  dashes: number[];
  /** The column where its key or scalar begins. */
  column: number;
  content: string;
}

const KEY = /^("[^"]*"|'[^']*'|[^\s#:][^:]*?)\s*:(?:\s+(.*))?$/;

export function yamlCursor(text: string, position: number): Cursor | undefined {
  const start = text.lastIndexOf("\n", position - 1) + 1;
  const end = text.indexOf("\n", position);
  const lines = text.split("\n").map(read);
  const at = text.slice(0, start).split("\n").length - 1;
  const line = lines[at];
  if (!line || line.content.startsWith("#")) return;
  const before = text.slice(start, position);
  const written = read(before);
  const key = KEY.exec(written.content);
  // After a colon and a space, the value follows.
  if (key?.[2] === undefined && /:$/.test(before)) return;
  const levels: Level[] = [];
  let column = written.column;
  if (key) {
    const [, name = "", value = ""] = key;
    levels.push({ keys: siblings(lines, at, column), step: unquoted(name) });
    const list = /^\[(?:.*,)?\s*([^,\]]*)$/.exec(value);
    if (list) levels.push({ keys: new Map(), step: 0 });
    else if (/^[[{]/.test(value)) return;
  } else if (written.dashes.length === 0) {
    levels.push({ keys: siblings(lines, at, column), step: undefined });
  }
  // The lists that begin in this line, then the surrounding levels.
  for (const dash of [...written.dashes].reverse()) {
    levels.unshift({ keys: new Map(), step: 0 });
    column = dash;
  }
  let inList = written.dashes.length > 0;
  for (let above = at - 1; above >= 0; above -= 1) {
    const one = lines[above];
    if (!one || one.content === "" || one.content.startsWith("#")) continue;
    const [indent = one.column] = one.dashes;
    const isParent = one.column < column || (inList && one.column === column && !one.dashes.length);
    const parent = isParent ? KEY.exec(one.content) : null;
    if (parent) {
      levels.unshift({ keys: siblings(lines, above, one.column), step: unquoted(parent[1] ?? "") });
      column = one.column;
      inList = false;
    } else if (one.column > column || indent > column) continue;
    if (one.column !== column || one.dashes.length === 0) continue;
    for (const dash of [...one.dashes].reverse()) {
      levels.unshift({ keys: new Map(), step: 0 });
      column = dash;
    }
    inList = true;
  }
  const token = /[^\s[\],{}]*$/.exec(before)?.[0] ?? "";
  const after = /^[\w.*-]*["']?/.exec(text.slice(position, end < 0 ? undefined : end))?.[0] ?? "";
  const hasColon = text.slice(position + after.length).startsWith(":");
  return {
    levels,
    at: key ? "value" : written.dashes.length > 0 ? "either" : "key",
    from: position - token.length,
    to: position + after.length,
    quoted: /^["']/.test(token),
    empty: token === "",
    write: (text, of) => (of === "key" ? `${text}${hasColon ? "" : ": "}` : scalar(text)),
  };
}

function read(text: string): Line {
  const dashes: number[] = [];
  let column = text.length - text.trimStart().length;
  for (let dash = /^-(\s+|$)/.exec(text.slice(column)); dash; ) {
    dashes.push(column);
    column += dash[0].length;
    dash = /^-(\s+|$)/.exec(text.slice(column));
  }
  return {
    dashes,
    column,
    content: text.slice(column).trimEnd() + (/:\s+$/.test(text) ? " " : ""),
  };
}

/** The other keys of the object around a line, with their scalars. */
function siblings(lines: Line[], at: number, column: number): Map<string, string> {
  const keys = new Map<string, string>();
  const add = ({ content }: Line) => {
    const key = KEY.exec(content.trimEnd());
    if (key) keys.set(unquoted(key[1] ?? ""), unquoted((key[2] ?? "").replace(/\s+#.*/, "")));
  };
  for (let above = at; above >= 0; above -= 1) {
    const line = lines[above];
    if (!line || line.content === "") continue;
    const [indent = line.column] = line.dashes;
    if (above < at && line.column < column) break;
    if (above < at && line.column === column) add(line);
    if (line.column === column && indent < column) break;
  }
  for (const line of lines.slice(at + 1)) {
    if (line.content === "") continue;
    const [indent = line.column] = line.dashes;
    if (indent < column) break;
    if (line.column === column && line.dashes.length === 0) add(line);
  }
  return keys;
}

function unquoted(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, "$2");
}

/** `*` and `!` at the beginning have another meaning in YAML. */
function scalar(text: string): string {
  return /^[*!&]/.test(text) ? JSON.stringify(text) : text;
}
