// Pages that React takes over: what is put into them before is a difference to React, which then renders the page anew.

/** Where React has taken over an element, the element has a property whose name begins so. */
const TAKEN = /^__react(?:Fiber|Props|Container)\$/;
/** What pages of frameworks that render on a server have: Next.js (Mintlify), Docusaurus, Gatsby. */
const FRAMEWORK = "#__next, #__docusaurus, #___gatsby, script[src*='/_next/']";
/** A page that is not taken over until then will not be: its scripts failed. */
const LONGEST_MS = 10_000;

/** When it was first looked. */
let since = 0;

/**
 * Whether something can be put behind an element: no framework will take over the page around it, or has done so.
 * @param {Element} element
 */
export function isHydrated(element) {
  const isOf = /^__reactContainer\$/.test(
    Object.keys(document).find((key) => TAKEN.test(key)) ?? "",
  );
  if (!isOf && !document.querySelector(FRAMEWORK)) return true;
  since ||= performance.now();
  if (performance.now() - since > LONGEST_MS) return true;
  /** @type {Element | null} */
  let around = element;
  while (around && around !== document.body) {
    if (Object.keys(around).some((key) => TAKEN.test(key))) return true;
    around = around.parentElement;
  }
  return false;
}
