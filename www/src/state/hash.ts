// What a room shows, in the address: `#validate/…`, JSON that is compressed (RFC 1951) and written in base64url.

export const ROOMS = ["validate", "build", "simulate"] as const;
export type RoomName = (typeof ROOMS)[number];

export interface Place {
  room: RoomName;
  /** Absent: as the room begins. `null`: the link is damaged. */
  state?: unknown;
}

export async function read(hash: string): Promise<Place> {
  const [name, packed] = hash.replace(/^#/, "").split("/", 2);
  const room = ROOMS.find((one) => one === name) ?? "validate";
  if (!packed) return { room };
  try {
    return { room, state: JSON.parse(await unpack(packed)) };
  } catch {
    return { room, state: null };
  }
}

export async function write({ room, state }: Place): Promise<string> {
  return state === undefined ? `#${room}` : `#${room}/${await pack(JSON.stringify(state))}`;
}

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  transform: GenericTransformStream,
): Promise<Response> {
  return new Response(new Blob([bytes]).stream().pipeThrough(transform as ReadableWritablePair));
}

async function pack(text: string): Promise<string> {
  const stream = new CompressionStream("deflate-raw");
  const packed = await (await through(new TextEncoder().encode(text), stream)).bytes();
  let binary = "";
  for (const byte of packed) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

async function unpack(text: string): Promise<string> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  return await (await through(bytes, new DecompressionStream("deflate-raw"))).text();
}
