// What each view is to the frame around it.

import { LitElement } from "lit";
import { property } from "lit/decorators.js";
import type { Incoming } from "../core/incoming.ts";
import type { Place } from "../state/hash.ts";

export abstract class View<S> extends LitElement {
  /** What the address had for this view when it was entered. */
  @property({ attribute: false }) initial: S | undefined;

  /** The page's own styles apply in views. */
  protected override createRenderRoot() {
    return this;
  }

  /** What the view shows, as text for a bug report or a chat. */
  abstract markdown(): string;

  /** Opens what came from outside, which is for this view. */
  abstract receive(incoming: Incoming): void | Promise<void>;

  /** Has files opened, wherever they belong. */
  protected giveFiles(files: File[]) {
    this.dispatchEvent(new CustomEvent<File[]>("view-files", { detail: files, bubbles: true }));
  }

  /** Why a link would not hold all that the view shows; nothing if it does. */
  notInLink(): string | undefined {
    return undefined;
  }

  /** Puts what the view shows into the address. */
  protected keep(state: S) {
    this.dispatchEvent(new CustomEvent<S>("view-state", { detail: state, bubbles: true }));
  }

  /** Goes to another view, with something to begin with. */
  protected go(place: Place) {
    this.dispatchEvent(new CustomEvent<Place>("view-go", { detail: place, bubbles: true }));
  }

  /** Shows a fault of ours; what was given wrongly is the view's to show. */
  protected fault(error: unknown) {
    this.dispatchEvent(new CustomEvent("view-fault", { detail: error, bubbles: true }));
  }
}
