import { html } from "lit";
import { copy } from "./copy.ts";

/** Shows an internal error, and that it is not the user's mistake. */
export function faultPanel(error: unknown, view: string, close: () => void) {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const report = [
    `prefect-events, view ${view}`,
    `${name}: ${message}`,
    stack ?? "",
    navigator.userAgent,
  ].join("\n");
  return html`
    <section class="fault" role="alert" aria-labelledby="fault-title">
      <h2 id="fault-title">Internal error in prefect-events. This is our fault, not yours.</h2>
      <p>Your text is still here. If this happens again, please send us this report:</p>
      <pre tabindex="0" aria-label="Report">${report}</pre>
      <div>
        <button @click=${(event: Event) => copy(report, event.currentTarget as HTMLElement)}>Copy report</button>
        <button @click=${close}>Close</button>
      </div>
    </section>
  `;
}
