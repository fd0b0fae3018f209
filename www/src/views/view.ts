// The interface between views and the frame.

import { LitElement } from "lit";
import { property } from "lit/decorators.js";
import type { Incoming } from "../core/incoming.ts";
import type { Place } from "../state/hash.ts";

/** What a view keeps in the address. */
export interface KeptState<S> {
  state: S;
  /** The view completed it: the user did nothing. */
  isOwn: boolean;
}

export abstract class View<S> extends LitElement {
  /** The state from the address when the view was opened. */
  @property({ attribute: false }) initial: S | undefined;

  /** The page's own styles apply in views. */
  protected override createRenderRoot() {
    return this;
  }

  /** The content of the view as text for a bug report or a chat. */
  abstract markdown(): string;

  /** Opens a dropped or pasted input for this view. */
  abstract receive(incoming: Incoming): void | Promise<void>;

  /** Opens files in the right view. */
  protected giveFiles(files: File[]) {
    this.dispatchEvent(new CustomEvent<File[]>("view-files", { detail: files, bubbles: true }));
  }

  /** Why a link cannot contain the whole state; `undefined` if it can. */
  notInLink(): string | undefined {
    return undefined;
  }

  /** Writes the state of the view into the address. `isOwn`: the view completed it, without the user. */
  protected keep(state: S, isOwn = false) {
    const detail = { state, isOwn };
    this.dispatchEvent(new CustomEvent<KeptState<S>>("view-state", { detail, bubbles: true }));
  }

  /** Opens another view with an initial state. */
  protected go(place: Place) {
    this.dispatchEvent(new CustomEvent<Place>("view-go", { detail: place, bubbles: true }));
  }

  /** Shows an internal error; views show mistakes in the input themselves. */
  protected fault(error: unknown) {
    this.dispatchEvent(new CustomEvent("view-fault", { detail: error, bubbles: true }));
  }
}
