import { html } from "lit";
import { customElement } from "lit/decorators.js";
import { Room } from "../room.ts";

@customElement("room-validate")
export class ValidateRoom extends Room<unknown> {
  override markdown() {
    return "";
  }

  protected override render() {
    return html`<div class="lede"><h1>Validate</h1></div>`;
  }
}
