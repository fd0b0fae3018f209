// What can go wrong between a browser and a server, in words. No message contains a secret.

import { PrefectEventsError } from "prefect-events/live";

export type AuthKind = "none" | "basic" | "key";

export interface Access {
  url: string;
  auth: AuthKind;
  /** The auth string or the API key. */
  secret: string;
  /** The origin of the page. */
  page: string;
}

export interface Problem {
  problem: string;
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** What the browser would block, or the address cannot be used for. */
export function isBlocked({ url, page }: Access): Problem | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol))
    return {
      problem:
        "The API URL starts with `http://` or `https://`, such as `http://127.0.0.1:4200/api`.",
    };
  // `fetch` would repeat them in its error.
  if (parsed.username || parsed.password)
    return {
      problem: "The API URL contains a user name or a password: enter them as the auth string.",
    };
  if (page.startsWith("https:") && parsed.protocol === "http:" && !LOOPBACK.test(parsed.hostname))
    return {
      problem: `Browsers block requests from this page, which uses HTTPS, to \`${parsed.origin}\`, which uses HTTP (mixed content). Use the server’s HTTPS address, open a copy of this page by HTTP, or pull the events with the command line: \`prefect-events pull\`.`,
    };
  return undefined;
}

/**
 * The sentence for an error of the package; other errors are thrown again.
 * `responds`: whether the server has responded before.
 */
export async function problemOf(
  error: unknown,
  { url, auth }: Access,
  responds: boolean,
): Promise<Problem> {
  if (!(error instanceof PrefectEventsError)) throw error;
  const { code, message } = error;
  switch (code) {
    case "unauthorized":
      return {
        problem:
          auth === "none"
            ? "The server requires authentication: enter its auth string (`PREFECT_API_AUTH_STRING`), or an API key."
            : `The server rejects this ${auth === "key" ? "API key" : "auth string"}.`,
      };
    case "unreachable":
      if (responds) return { problem: sentence(message) };
      return { problem: (await isThere(url)) ? hidden(url) : unreachable(url) };
    case "rejected":
    case "not-prefect":
    case "not-found":
      return { problem: sentence(message) };
    default:
      throw error;
  }
}

/** A message of the core, with a full stop. */
function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.?]$/.test(message) ? "" : "."}`;
}

/** Whether anything responds: a request without CORS, whose response is not readable. */
async function isThere(url: string): Promise<boolean> {
  try {
    await fetch(`${url.replace(/\/+$/, "")}/health`, { mode: "no-cors", credentials: "omit" });
    return true;
  } catch {
    return false;
  }
}

function hidden(url: string) {
  return `A server responds at \`${new URL(url).origin}\`, but does not allow this page to read its responses (CORS). An open-source Prefect server allows every page unless \`PREFECT_SERVER_CORS_ALLOWED_ORIGINS\` limits them; a proxy may remove the headers. Some rejections also lack them, such as those for a missing CSRF token. The command line needs no permission: \`prefect-events pull\`.`;
}

function unreachable(url: string) {
  return `No server responds at \`${new URL(url).origin}\`. Check the address, and that the server is running. Some browsers ask before a page may reach your own network.`;
}
