// Pages that React takes over: what is put into them before is a difference to React, which then renders the page anew.

/** React gives these properties to an element when it has taken over all that is in it. */
const FIBER = /^__reactFiber\$/;
const PROPS = /^__reactProps\$/;
/** And this one to the element, or the document, that it begins with. */
const CONTAINER = /^__reactContainer\$/;
/** What pages of frameworks that render on a server have: Next.js (Mintlify), Docusaurus, Gatsby. */
const FRAMEWORK = "#__next, #__docusaurus, #___gatsby, script[src*='/_next/']";
/** A page that is not taken over until then will not be: its scripts failed. */
const LONGEST_MS = 10_000;

/** When it was first looked. */
let since = 0;

/** @param {Node} node @param {RegExp} name */
const keyOf = (node, name) => Object.keys(node).find((key) => name.test(key));

/**
 * Whether something can be put behind a block: no framework will take over the page around it, or has done so.
 * @param {Element} block
 */
export function isHydrated(block) {
  if (!keyOf(document, CONTAINER) && !document.querySelector(FRAMEWORK)) return true;
  since ||= performance.now();
  return isTakenOver(block) || performance.now() - since > LONGEST_MS;
}

/**
 * React takes over part by part, the innermost first: all elements around the block must be done.
 * @param {Element} block
 */
function isTakenOver(block) {
  let isKnown = keyOf(block, FIBER) !== undefined;
  /** @type {ParentNode | null} */
  let around = block.parentNode;
  for (; around && !keyOf(around, CONTAINER); around = around.parentNode) {
    if (keyOf(around, FIBER)) {
      // What was given to React as HTML is nothing that it looks at.
      if (!isKnown && !isGivenAsHtml(around)) return false;
      isKnown = true;
    } else if (isKnown) {
      return false;
    }
  }
  // Without a container around it, it is no part of React's.
  return around !== null && isKnown;
}

/** @param {any} element */
function isGivenAsHtml(element) {
  const props = keyOf(element, PROPS);
  return props !== undefined && element[props]?.dangerouslySetInnerHTML !== undefined;
}
