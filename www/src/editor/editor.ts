// The editor of all views: CodeMirror in our design, with findings as its diagnostics. A separate chunk, loaded late.

import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import {
  type Diagnostic as EditorDiagnostic,
  lintGutter,
  lintKeymap,
  setDiagnostics,
} from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension, Transaction } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import "@fontsource/ibm-plex-mono/latin-400.css";
import type { Diagnostic } from "prefect-events";
import "./editor.css";
import type { Language } from "./language.ts";

export interface EditorOptions {
  parent: HTMLElement;
  text: string;
  /** Its label for screen readers. */
  label: string;
  language: Language;
  readOnly?: boolean;
  extensions?: Extension;
  /** Called after each change by the user. */
  changed?: (text: string) => void;
  /** Called when the user chooses a fix in the editor. */
  fix?: (finding: Diagnostic) => void;
}

const HIGHLIGHT = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--ink)" },
  { tag: tags.string, color: "var(--accent)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--info)" },
  { tag: tags.comment, color: "var(--ink-faint)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.bracket], color: "var(--ink-faint)" },
]);

/** From `public/early.js`: without it, the page's policy would block the editor's styles. */
const NONCE = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";

const LANGUAGES: Record<Language, () => Extension> = { json, yaml };

export class Editor {
  readonly view: EditorView;
  readonly #language = new Compartment();
  readonly #fix: EditorOptions["fix"];
  #written: Language;

  constructor({
    parent,
    text,
    label,
    language,
    readOnly,
    extensions,
    changed,
    fix,
  }: EditorOptions) {
    this.#fix = fix;
    this.#written = language;
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(),
          foldGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          highlightSelectionMatches(),
          lintGutter(),
          syntaxHighlighting(HIGHLIGHT),
          EditorView.lineWrapping,
          EditorView.cspNonce.of(NONCE),
          EditorView.contentAttributes.of({
            "aria-label": `${label}. Escape, then Tab, leaves the editor.`,
            tabindex: "0",
          }),
          this.#language.of(LANGUAGES[language]()),
          EditorState.readOnly.of(readOnly === true),
          // Tab indents; after Escape, Tab leaves the editor, as is usual in CodeMirror.
          keymap.of([
            ...closeBracketsKeymap,
            ...completionKeymap,
            ...defaultKeymap,
            ...searchKeymap,
            ...historyKeymap,
            ...foldKeymap,
            ...lintKeymap,
            ...(readOnly ? [] : [indentWithTab]),
          ]),
          EditorView.updateListener.of((update) => {
            const own = update.transactions.every((one) => one.annotation(Transaction.remote));
            if (update.docChanged && !own) changed?.(this.text);
          }),
          extensions ?? [],
        ],
      }),
    });
  }

  get text() {
    return this.view.state.doc.toString();
  }

  /** Replaces the text; this does not count as a change by the user. */
  set text(text: string) {
    if (text === this.text) return;
    this.view.dispatch({
      changes: { from: 0, to: this.view.state.doc.length, insert: text },
      annotations: Transaction.remote.of(true),
    });
  }

  get language() {
    return this.#written;
  }

  set language(language: Language) {
    if (language === this.#written) return;
    this.#written = language;
    this.view.dispatch({ effects: this.#language.reconfigure(LANGUAGES[language]()) });
  }

  /** Shows findings if the text is still the one that was checked; otherwise their positions would be wrong. */
  show(findings: Diagnostic[], text: string) {
    if (text !== this.text) return;
    const { length } = this.view.state.doc;
    const shown = findings.flatMap((finding): EditorDiagnostic[] => {
      if (!finding.range) return [];
      const from = Math.min(finding.range.start.offset, length);
      const { fix } = finding;
      return [
        {
          from,
          to: Math.max(from, Math.min(finding.range.end.offset, length)),
          severity: finding.severity,
          source: finding.code,
          message: finding.help ? `${finding.message}\n${finding.help}` : finding.message,
          ...(fix &&
            this.#fix && {
              actions: [{ name: `Fix: ${fix.title}`, apply: () => this.#fix?.(finding) }],
            }),
        },
      ];
    });
    this.view.dispatch(setDiagnostics(this.view.state, shown));
  }

  /** Moves the cursor to a position in the text. */
  jump(from: number, to = from) {
    const { length } = this.view.state.doc;
    this.view.dispatch({
      selection: { anchor: Math.min(from, length), head: Math.min(to, length) },
      effects: EditorView.scrollIntoView(Math.min(from, length), { y: "center" }),
    });
    this.view.focus();
  }

  destroy() {
    this.view.destroy();
  }
}
