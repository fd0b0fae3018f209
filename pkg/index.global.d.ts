export {};

declare global {
  /** What `prefect-events/inline` exports: `<script src="inline.global.js">` defines it. */
  var prefectEvents: typeof import("./index.inline.js");
}
