// What a view shows, in the address: `#validate/…`, JSON that is compressed (RFC 1951) and written in base64url.

export const VIEWS = ["validate", "build", "simulate"] as const;
export type ViewName = (typeof VIEWS)[number];

/** Of the JSON in a link, in UTF-8: a short link can inflate to a thousand times its length. */
export const MOST_BYTES = 1_000_000;
/** Of the link itself: compressed data is never much longer than what it holds. */
const LONGEST_LINK = Math.ceil((MOST_BYTES * 4) / 3) + 1000;
/** So much is inflated at a time: less than 600 kB come out of it, before the size is looked at. */
const STEP_BYTES = 512;

export interface Place {
  view: ViewName;
  /** Absent: as the view begins. */
  state?: unknown;
  /** Why the link has no state that can be used. */
  problem?: LinkProblem;
}

export type LinkProblem = "damaged" | "too-large";

class TooLarge extends Error {}

export async function read(hash: string): Promise<Place> {
  const [name, packed] = hash.replace(/^#/, "").split("/", 2);
  const view = VIEWS.find((one) => one === name) ?? "validate";
  if (!packed) return { view };
  try {
    return { view, state: JSON.parse(await unpack(packed)) };
  } catch (error) {
    return { view, problem: error instanceof TooLarge ? "too-large" : "damaged" };
  }
}

/** Without a state that would be too large to be read again. */
export async function write({ view, state }: Place): Promise<string> {
  if (state === undefined) return `#${view}`;
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

/** Each part only when the one before it has been taken: a decompressor inflates what it has at once. */
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
