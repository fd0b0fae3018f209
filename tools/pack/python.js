// Writes the result types of the Python package, from the TypeScript declarations of the core's types.
//   node tools/pack/python.js pkg/types.d.ts python/prefect_events/_types.py

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "@babel/parser";

/** @typedef {import("@babel/types").TSType} Type */

const [source = "", target = ""] = process.argv.slice(2);
const text = readFileSync(source, "utf8");
const { program } = parse(text, { sourceType: "module", plugins: [["typescript", { dts: true }]] });

/** The results of the functions. Types that no result contains are arguments in Python. */
const RESULTS = [
  "ValidationReport",
  "CheckReport",
  "Explanation",
  "EventType",
  "SimulationResult",
  "VersionComparison",
  "TestReport",
  "Advice",
  "Backtest",
  "Comparison",
  "Why",
  "WindowCurve",
  "ObservedHeartbeats",
  "RenderedFirings",
  // Types of arguments, by name.
  "Delivery",
  "Profile",
  "Route",
];

/** What notebooks show of a result. @type {Map<string, string>} */
const BASES = new Map([
  ["ValidationReport", "Report"],
  ["CheckReport", "Report"],
  ["SimulationResult", "Played"],
]);

/** Names that Python or its typing has already. @type {Map<string, string>} */
const KNOWN = new Map([
  ["Timestamp", "datetime"],
  ["Seconds", "float"],
  ["Milliseconds", "float"],
  ["DiagnosticCode", "str"],
  ["CheckOptions", "dict[str, Any]"],
]);

/** Whole numbers that are fractions beyond 2^53, as in JavaScript. */
const WIDE = new Set(["OutlinedNumber.value"]);

/** The names of fields that are keywords. */
const KEYWORDS = new Set(["from", "for", "in", "is", "class", "def", "with", "as", "not", "and"]);

/**
 * Fields whose numbers are not whole in Rust, as `Type.field` in camel case. TypeScript has one type for all numbers.
 * @type {Set<string>}
 */
const FLOATS = new Set(
  readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".rs"))
    .flatMap((name) => {
      const source = readFileSync(join("src", name), "utf8");
      const structs = source.matchAll(/((?:^[^\n]+\n)*?)^pub struct (\w+) \{\n(.*?)^\}/gms);
      return Array.from(structs, ([, attributes = "", rust = "", body = ""]) => {
        const type = /\bts\([^\n]*rename = "(\w+)"/.exec(attributes)?.[1] ?? rust;
        const fields = body.matchAll(/^ +pub (\w+): [^\n]*\b(?:f64|Probability|Span)\b/gm);
        return Array.from(fields, ([, field = ""]) => `${type}.${camel(field)}`);
      }).flat();
    }),
);

/** @param {string} name */
function camel(name) {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
}

const snake = (/** @type {string} */ name) =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * The comment before a declaration or a field, as a docstring.
 * @param {import("@babel/types").Node} node
 * @param {string} indent
 */
function docstring(node, indent) {
  const comment = node.leadingComments?.at(-1)?.value;
  if (!comment?.startsWith("*")) return "";
  const own = comment
    .replace(/^\*/, "")
    .split("\n")
    .map((line) => line.trim().replace(/^\* ?/, ""))
    .join("\n")
    .trim()
    .replaceAll("\\", "\\\\")
    .replaceAll(/`([a-z]+[A-Z]\w*)`/g, (_, name) => `\`${snake(name)}\``)
    .replaceAll("`", "``");
  const lines = own
    .split(/\n\n/)
    .flatMap((paragraph, n) => [
      ...(n > 0 ? [""] : []),
      ...wrapped(paragraph.replaceAll("\n", " "), 92 - indent.length),
    ]);
  if (lines.length === 1) return `${indent}"""${lines[0]}"""\n`;
  return `${indent}"""${lines.join(`\n${indent}`).replaceAll(/^ +$/gm, "")}\n${indent}"""\n`;
}

/** @param {string} text @param {number} width */
function wrapped(text, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.length - 1;
    const line = lines[last] ?? "";
    if (line && line.length + word.length + 1 > width) lines.push(word);
    else lines[last] = line ? `${line} ${word}` : word;
  }
  return lines;
}

/** @param {Type} type @returns {string} */
function python(type) {
  switch (type.type) {
    case "TSParenthesizedType":
      return python(type.typeAnnotation);
    case "TSArrayType":
      return `tuple[${python(type.elementType)}, ...]`;
    case "TSUnionType":
      return union(type.types);
    case "TSNullKeyword":
      return "None";
    case "TSLiteralType":
      return type.literal.type === "StringLiteral"
        ? `Literal[${JSON.stringify(type.literal.value)}]`
        : "bool";
    case "TSTypeLiteral": {
      const [member] = type.members;
      if (member?.type !== "TSIndexSignature" || !member.typeAnnotation) break;
      return `dict[str, ${python(annotation(member))}]`;
    }
    case "TSTypeReference": {
      const name = type.typeName.type === "Identifier" ? type.typeName.name : "";
      const [argument] = type.typeParameters?.params ?? [];
      if (name === "Array" && argument) return `tuple[${python(argument)}, ...]`;
      return KNOWN.get(name) ?? name;
    }
    case "TSStringKeyword":
      return "str";
    case "TSNumberKeyword":
      return "int";
    case "TSBooleanKeyword":
      return "bool";
    case "TSObjectKeyword":
      return "dict[str, Any]";
    case "TSUnknownKeyword":
      return "Any";
  }
  throw new Error(`no type of Python for ${text.slice(type.start ?? 0, type.end ?? 0)}`);
}

/** @param {{ typeAnnotation?: import("@babel/types").Node | null }} of @returns {Type} */
function annotation({ typeAnnotation }) {
  if (typeAnnotation?.type !== "TSTypeAnnotation") throw new Error("a field without a type");
  return typeAnnotation.typeAnnotation;
}

/** @param {Type[]} types */
function union(types) {
  // `"a" | (string & {})` is any text, with a proposal.
  const open = types.some(
    (one) => one.type === "TSParenthesizedType" && one.typeAnnotation.type === "TSIntersectionType",
  );
  if (open) return "str";
  /** @type {string[]} */
  const literals = [];
  /** @type {string[]} */
  const others = [];
  for (const one of types) {
    if (one.type === "TSLiteralType" && one.literal.type === "StringLiteral")
      literals.push(JSON.stringify(one.literal.value));
    else others.push(python(one));
  }
  return [...(literals.length > 0 ? [`Literal[${literals.join(", ")}]`] : []), ...others].join(
    " | ",
  );
}

/** @param {import("@babel/types").TSInterfaceDeclaration} declaration */
function struct(declaration) {
  const name = declaration.id.name;
  const fields = declaration.body.body.map((member) => {
    if (member.type !== "TSPropertySignature") throw new Error(`${name} has more than fields`);
    return field(name, member);
  });
  return (
    `class ${name}(${BASES.get(name) ?? "Result"}, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):\n` +
    `${docstring(declaration, "    ")}\n${fields.join("\n")}`
  );
}

/**
 * @param {string} of the type
 * @param {import("@babel/types").TSPropertySignature} member
 */
function field(of, member) {
  const { key } = member;
  const own = key.type === "Identifier" ? key.name : key.type === "StringLiteral" ? key.value : "";
  const plain = /^\d/.test(own) ? `v${own.replace(".", "_")}` : snake(own);
  const safe = KEYWORDS.has(plain) ? `${plain}_` : plain;
  const given = python(annotation(member));
  const fraction = FLOATS.has(`${of}.${own}`) ? given.replaceAll(/\bint\b/g, "float") : given;
  const type = WIDE.has(`${of}.${own}`) ? "int | float" : fraction;
  const flag = annotation(member).type === "TSLiteralType" && type === "bool";
  const options = [];
  if (member.optional) options.push(flag ? "default=False" : "default=None");
  // msgspec's own conversion to camelCase.
  const converted = camel(safe);
  if (converted !== own) options.push(`name=${JSON.stringify(own)}`);
  const optional = member.optional && !flag && !/\bNone$/.test(type) ? " | None" : "";
  const [only] = options;
  let value = "";
  if (only !== undefined)
    value =
      options.length === 1 && only.startsWith("default=")
        ? ` = ${only.slice("default=".length)}`
        : ` = field(${options.join(", ")})`;
  return `    ${safe}: ${type}${optional}${value}\n${docstring(member, "    ")}`;
}

/** The declarations by name. */
const declared = new Map(
  program.body.flatMap((statement) => {
    if (statement.type !== "ExportNamedDeclaration" || !statement.declaration) return [];
    const { declaration } = statement;
    if (
      declaration.type !== "TSInterfaceDeclaration" &&
      declaration.type !== "TSTypeAliasDeclaration"
    )
      return [];
    // The comment belongs to the statement.
    declaration.leadingComments = statement.leadingComments ?? null;
    return [/** @type {const} */ ([declaration.id.name, declaration])];
  }),
);

/** The written declarations by name, and those that they need. @type {Map<string, string>} */
const written = new Map();
const open = [...RESULTS];
for (let name = open.pop(); name !== undefined; name = open.pop()) {
  const declaration = declared.get(name);
  if (written.has(name) || KNOWN.has(name) || !declaration) continue;
  const own =
    declaration.type === "TSInterfaceDeclaration"
      ? struct(declaration)
      : `${name}: TypeAlias = ${python(declaration.typeAnnotation)}\n${docstring(declaration, "")}`;
  written.set(name, own);
  for (const [other] of own.replaceAll(/"""[\s\S]*?"""/g, "").matchAll(/\b[A-Z]\w+/g))
    open.push(other);
}
const names = [...written.keys()].sort();
const texts = names.map((name) => written.get(name) ?? "");
const structs = texts.filter((own) => own.startsWith("class "));
const aliases = texts.filter((own) => !own.startsWith("class "));

writeFileSync(
  target,
  `"""The types of results. Generated from the core's types by \`\`make python\`\`: do not edit."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, TypeAlias

from msgspec import field

from ._result import Played, Report, Result

__all__: list[str] = [
${names.map((name) => `    ${JSON.stringify(name)},\n`).join("")}]

${aliases.join("\n")}

${structs.join("\n\n")}`,
);
