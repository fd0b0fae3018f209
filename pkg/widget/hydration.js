// Pages that React hydrates: if the page was changed before, React sees a difference and renders it again.

/** React sets these properties on an element once it has hydrated everything in it. */
const FIBER = /^__reactFiber\$/;
const PROPS = /^__reactProps\$/;
/** React sets this property on its root: an element or the document. */
const CONTAINER = /^__reactContainer\$/;
/** Signs of frameworks that render on a server: Next.js (Mintlify), Docusaurus, Gatsby. */
const FRAMEWORK = "#__next, #__docusaurus, #___gatsby, script[src*='/_next/']";
/** After this time in milliseconds, hydration will not happen any more: the page's scripts failed. */
const LONGEST_MS = 10_000;

/** The time of the first check. */
let since = 0;

/** @param {Node} node @param {RegExp} name */
const keyOf = (node, name) => Object.keys(node).find((key) => name.test(key));

/**
 * Whether an element can be added after a block: no framework will hydrate the page around it, or hydration is done.
 * @param {Element} block
 */
export function isHydrated(block) {
  if (!keyOf(document, CONTAINER) && !document.querySelector(FRAMEWORK)) return true;
  since ||= performance.now();
  return isTakenOver(block) || performance.now() - since > LONGEST_MS;
}

/**
 * React hydrates part by part, the innermost first: all elements around the block must be done.
 * @param {Element} block
 */
function isTakenOver(block) {
  let isKnown = keyOf(block, FIBER) !== undefined;
  /** @type {ParentNode | null} */
  let around = block.parentNode;
  for (; around && !keyOf(around, CONTAINER); around = around.parentNode) {
    if (keyOf(around, FIBER)) {
      // React does not look into elements that it received as HTML.
      if (!isKnown && !isGivenAsHtml(around)) return false;
      isKnown = true;
    } else if (isKnown) {
      return false;
    }
  }
  // Without a root around it, the block does not belong to React.
  return around !== null && isKnown;
}

/** @param {any} element */
function isGivenAsHtml(element) {
  const props = keyOf(element, PROPS);
  return props !== undefined && element[props]?.dangerouslySetInnerHTML !== undefined;
}
