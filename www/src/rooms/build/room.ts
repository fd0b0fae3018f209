import { html } from "lit";
import { customElement } from "lit/decorators.js";
import { Room } from "../room.ts";

@customElement("room-build")
export class BuildRoom extends Room<unknown> {
  override markdown() {
    return "";
  }

  protected override render() {
    return html`<div class="lede"><h1>Build</h1></div>`;
  }
}
