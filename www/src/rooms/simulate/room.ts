import { html } from "lit";
import { customElement } from "lit/decorators.js";
import { Room } from "../room.ts";

@customElement("room-simulate")
export class SimulateRoom extends Room<unknown> {
  override markdown() {
    return "";
  }

  protected override render() {
    return html`<div class="lede"><h1>Simulate</h1></div>`;
  }
}
