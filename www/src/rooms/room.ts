// What each room is to the frame around it.

import { LitElement } from "lit";
import { property } from "lit/decorators.js";
import type { Place } from "../state/hash.ts";

export abstract class Room<S> extends LitElement {
  /** What the address had for this room when it was entered. */
  @property({ attribute: false }) initial: S | undefined;

  /** The page's own styles apply in rooms. */
  protected override createRenderRoot() {
    return this;
  }

  /** What the room shows, as text for a bug report or a chat. */
  abstract markdown(): string;

  /** Why a link would not hold all that the room shows; nothing if it does. */
  notInLink(): string | undefined {
    return undefined;
  }

  /** Puts what the room shows into the address. */
  protected keep(state: S) {
    this.dispatchEvent(new CustomEvent<S>("room-state", { detail: state, bubbles: true }));
  }

  /** Goes to another room, with something to begin with. */
  protected go(place: Place) {
    this.dispatchEvent(new CustomEvent<Place>("room-go", { detail: place, bubbles: true }));
  }

  /** Shows a fault of ours; what was given wrongly is the room's to tell. */
  protected fault(error: unknown) {
    this.dispatchEvent(new CustomEvent("room-fault", { detail: error, bubbles: true }));
  }
}
