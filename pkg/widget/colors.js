// Calculates with colours: lightness and contrast.

/** @typedef {[red: number, green: number, blue: number, alpha: number]} Color each from 0 to 1 */

/** Minimum contrast of text, by the Web Content Accessibility Guidelines (AA). */
const READABLE = 4.5;
/** How much closer to black or white each attempt is. */
const STEP = 0.08;

/**
 * @param {string} text from `getComputedStyle`
 * @returns {Color}
 */
export function parseColor(text) {
  const rgb = /^rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)$/.exec(text);
  if (rgb) {
    const [red = 0, green = 0, blue = 0] = rgb.slice(1, 4).map((channel) => Number(channel) / 255);
    return [red, green, blue, rgb[4] === undefined ? 1 : Number(rgb[4])];
  }
  // Other colour spaces: the browser converts them.
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return [0, 0, 0, 0];
  context.fillStyle = text;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red / 255, green / 255, blue / 255, alpha / 255];
}

/**
 * One colour on top of another, which is opaque.
 * @param {Color} top
 * @param {Color} bottom
 * @returns {Color}
 */
function over([red, green, blue, alpha], [redBelow, greenBelow, blueBelow]) {
  const mix = (/** @type {number} */ above, /** @type {number} */ below) =>
    above * alpha + below * (1 - alpha);
  return [mix(red, redBelow), mix(green, greenBelow), mix(blue, blueBelow), 1];
}

/**
 * The visible background of an element.
 * @param {Element} element
 * @returns {Color}
 */
export function backdrop(element) {
  /** @type {Color[]} */
  const layers = [];
  /** @type {Node | null} */
  let node = element;
  while (node) {
    if (node instanceof Element) {
      const color = parseColor(getComputedStyle(node).backgroundColor);
      if (color[3] > 0) layers.push(color);
      if (color[3] === 1) break;
    }
    node = node instanceof ShadowRoot ? node.host : node.parentNode;
  }
  return layers.reduceRight((below, layer) => over(layer, below), canvas(element));
}

/**
 * The browser's default background, if the page sets none: dark only if the page allows it.
 * @param {Element} element
 * @returns {Color}
 */
function canvas(element) {
  const { colorScheme } = getComputedStyle(element);
  const dark =
    /dark/.test(colorScheme) &&
    (!/light/.test(colorScheme) || matchMedia("(prefers-color-scheme: dark)").matches);
  return dark ? [0.07, 0.07, 0.07, 1] : [1, 1, 1, 1];
}

/** @param {Color} color */
function luminance([red, green, blue]) {
  const linear = (/** @type {number} */ channel) =>
    channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/**
 * @param {Color} one
 * @param {Color} other
 */
function contrast(one, other) {
  const [less = 0, more = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (more + 0.05) / (less + 0.05);
}

/**
 * Whether white has more contrast on it than black.
 * @param {Color} color
 */
export function isDark(color) {
  return contrast(color, [1, 1, 1, 1]) > contrast(color, [0, 0, 0, 1]);
}

/**
 * The nearest colour that is readable on a background.
 * @param {string} text
 * @param {Color} background
 * @returns {string}
 */
export function readable(text, background) {
  let color = over(parseColor(text), background);
  if (contrast(color, background) >= READABLE) return text;
  const end = isDark(background) ? 1 : 0;
  for (let tries = 0; contrast(color, background) < READABLE && tries < 1 / STEP; tries += 1) {
    color = over([end, end, end, STEP], color);
  }
  const [red, green, blue] = color.map((channel) => Math.round(channel * 255));
  return `rgb(${red}, ${green}, ${blue})`;
}
