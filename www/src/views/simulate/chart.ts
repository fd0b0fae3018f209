// The base of small charts: drawn in pixels of the element's own width, in the page's styles.

import { LitElement } from "lit";
import { state } from "lit/decorators.js";

export abstract class Chart extends LitElement {
  /** Pixels; 0 until it is measured. */
  @state() protected width = 0;
  private readonly resized = new ResizeObserver(([entry]) => {
    this.width = Math.floor(entry?.contentRect.width ?? 0);
  });

  protected override createRenderRoot() {
    return this;
  }

  override connectedCallback() {
    super.connectedCallback();
    this.resized.observe(this);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.resized.disconnect();
  }
}
