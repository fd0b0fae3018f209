// Prints the description of an event, for people.

/** @typedef {import("../../index.js").EventType} EventType */
/** @typedef {import("../../index.js").Label} Label */
/** @typedef {import("../terminal.js").Colours} Colours */

/**
 * @param {EventType} type
 * @param {Colours} style
 */
export function eventType(type, style) {
  const parts = [
    `${style.bold(type.namePattern)}: ${type.title}`,
    facts(type),
    section("Resource labels", labels(type.labels, style), style),
    ...type.related.map((related) =>
      section(
        `Related resource "${related.role}" (${times(related)}${related.when && `; ${related.when}`})`,
        [`  ${related.id}`, ...labels(related.labels, style)],
        style,
      ),
    ),
    section("Payload", payload(type, style), style),
    section("Names", variants(type), style),
    section(
      "Example",
      JSON.stringify(type.example, null, 2)
        .split("\n")
        .map((line) => `  ${line}`),
      style,
    ),
  ];
  return parts.filter(Boolean).join("\n\n");
}

/** @param {EventType} type */
function facts(type) {
  const known = type.documented ? "documented" : "not documented: from Prefect's source code";
  const rows = [
    ["Emitter", `${type.emitter}${type.cloud ? " (Prefect Cloud only)" : ""}`],
    ["Status", known],
    ["Resource", type.resourceId],
    ["Follows", type.follows],
    ["Documentation", type.docs],
  ];
  return rows
    .filter(([, value]) => value)
    .map(([name, value]) => `${`${name}:`.padEnd(15)} ${value}`)
    .join("\n");
}

/**
 * @param {string} title
 * @param {string[]} lines
 * @param {Colours} style
 */
function section(title, lines, style) {
  return lines.length > 0 ? `${style.bold(`${title}:`)}\n${lines.join("\n")}` : "";
}

/**
 * @param {Label[]} list
 * @param {Colours} style
 */
function labels(list, style) {
  return table(
    list.map(({ name, presence, form, values, meaning, source }) => [
      name,
      presence,
      values?.join(" | ") ?? form,
      withSource(meaning, source),
    ]),
    style,
  );
}

/**
 * @param {EventType} type
 * @param {Colours} style
 */
function payload({ payload }, style) {
  return table(
    payload.map(({ path, presence, type, nullable, values, meaning, source }) => [
      path,
      presence,
      nullable ? `${type} or null` : type,
      withSource(values ? `${meaning}: ${values.join(" | ")}` : meaning, source),
    ]),
    style,
  );
}

/**
 * Adds the source of a statement if it has only one; usually documentation and source code agree.
 * @param {string} meaning
 * @param {import("../../index.js").Source} source
 */
function withSource(meaning, source) {
  if (source === "both") return meaning;
  return `${meaning} (${source === "docs" ? "only documented" : "only in the source code"})`;
}

/** @param {EventType} type */
function variants({ variants = [] }) {
  return variants.map(
    ({ name, type, documented }) =>
      `  ${name}${type ? ` (${type})` : ""}${documented ? "" : ", not documented"}`,
  );
}

/** @param {{ min: number, max?: number }} related */
function times({ min, max }) {
  if (max === undefined) return min === 0 ? "any number" : `at least ${min}`;
  if (min === max) return `exactly ${min}`;
  return min === 0 ? `at most ${max}` : `${min} to ${max}`;
}

/** Wider cells push the rest of their row to the right. */
const MOST_WIDTH = 40;

/**
 * Aligns columns; the last one is not padded.
 * @param {string[][]} rows
 * @param {Colours} style
 */
function table(rows, style) {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.min(MOST_WIDTH, Math.max(...rows.map((row) => row[column]?.length ?? 0))),
  );
  return rows.map((row) => {
    const cells = row.map((cell, column) =>
      column === columns - 1 ? style.dim(cell) : cell.padEnd(widths[column] ?? 0),
    );
    return `  ${cells.join("  ").trimEnd()}`;
  });
}
