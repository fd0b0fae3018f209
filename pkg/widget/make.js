// Creates elements of the shadow tree.

/** @typedef {string | Node | undefined | false} Child */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {{ [attribute: string]: string | boolean | undefined }} [attributes] `true`: set without a value
 * @param {Child[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false)
      element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== false));
  return element;
}

/**
 * @param {string} label
 * @param {() => void} press
 * @param {{ [attribute: string]: string }} [attributes]
 */
export function button(label, press, attributes = {}) {
  const element = make("button", { type: "button", ...attributes }, label);
  element.addEventListener("click", press);
  return element;
}

/**
 * A message of the core: text in backticks becomes code.
 * @param {string} text
 * @returns {Node[]}
 */
export function prose(text) {
  return text
    .split("`")
    .map((part, index) => (index % 2 ? make("code", {}, part) : document.createTextNode(part)));
}

const SVG = "http://www.w3.org/2000/svg";

/** @type {{ [name: string]: string }} */
const PATHS = {
  valid: "M3 8.5l3.2 3.2L13 4.6",
  error: "M4 4l8 8M12 4l-8 8",
  warning: "M8 2.2L14.6 13.6H1.4zM8 6.6v3M8 11.6v.01",
  info: "M8 7.4v4.2M8 4.4v.01M8 1.4a6.6 6.6 0 1 0 0 13.2a6.6 6.6 0 1 0 0-13.2z",
  fires: "M8 1.6L14.4 8L8 14.4L1.6 8z",
  quiet: "M2.5 8h11",
  chevron: "M5.5 2.5L11 8l-5.5 5.5",
};

/**
 * @param {string} name
 * @param {string} classes
 */
export function icon(name, classes = `icon ${name}`) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", classes);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] ?? "");
  svg.append(path);
  return svg;
}
