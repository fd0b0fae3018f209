// Stores the state of a view in the address: `#validate/…`, compressed JSON (RFC 1951) in base64url.

import { isTooDeep } from "./levels.ts";

export const VIEWS = ["validate", "build", "simulate"] as const;
export type ViewName = (typeof VIEWS)[number];

/** Maximum size of the JSON in a link, in bytes: a short link can inflate to a thousand times its length. */
export const MOST_BYTES = 1_000_000;
/** Maximum length of the link itself: compressed data is never much longer than its content. */
const LONGEST_LINK = Math.ceil((MOST_BYTES * 4) / 3) + 1000;
/** Bytes that are inflated at a time: they yield less than 600 kB before the size is checked. */
const STEP_BYTES = 512;

export interface Place {
  view: ViewName;
  /** Absent: the initial state of the view. */
  state?: unknown;
  /** The reason if the state of the link is unusable. */
  problem?: LinkProblem;
}

export type LinkProblem = "damaged" | "too-large" | "too-deep";

class TooLarge extends Error {}

export async function read(hash: string): Promise<Place> {
  const [name, packed] = hash.replace(/^#/, "").split("/", 2);
  const view = VIEWS.find((one) => one === name) ?? "validate";
  if (!packed) return { view };
  try {
    const state = JSON.parse(await unpack(packed));
    return isTooDeep(state) ? { view, problem: "too-deep" } : { view, state };
  } catch (error) {
    return { view, problem: error instanceof TooLarge ? "too-large" : "damaged" };
  }
}

/** Omits a state that would be too large or too deep to read again. */
export async function write({ view, state }: Place): Promise<string> {
  if (state === undefined || isTooDeep(state)) return `#${view}`;
  const bytes = new TextEncoder().encode(JSON.stringify(state));
  return bytes.length > MOST_BYTES ? `#${view}` : `#${view}/${await pack(bytes)}`;
}

async function pack(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  let binary = "";
  for (const byte of await new Response(stream).bytes()) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

async function unpack(text: string): Promise<string> {
  if (text.length > LONGEST_LINK) throw new TooLarge();
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const packed = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  const reader = inSteps(packed)
    .pipeThrough(new DecompressionStream("deflate-raw") as ReadableWritablePair)
    .getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let json = "";
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return json + decoder.decode();
    size += value.length;
    if (size > MOST_BYTES) {
      void reader.cancel();
      throw new TooLarge();
    }
    json += decoder.decode(value, { stream: true });
  }
}

/** Yields each part only after the previous one was read, because a decompressor inflates everything that it has at once. */
function inSteps(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let from = 0;
  return new ReadableStream(
    {
      pull(controller) {
        if (from < bytes.length) controller.enqueue(bytes.subarray(from, from + STEP_BYTES));
        else controller.close();
        from += STEP_BYTES;
      },
    },
    { highWaterMark: 0 },
  );
}
