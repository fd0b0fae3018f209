// The difference between two texts, with some context.

export interface Excerpt {
  lines: { text: string; differs: boolean }[];
  /** Whether there is more text before and after. */
  before: boolean;
  after: boolean;
}

const AROUND = 2;
const MOST = 14;

export function differences(one: string, other: string): [Excerpt, Excerpt] {
  const a = one.split("\n");
  const b = other.split("\n");
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const cut = (lines: string[]): Excerpt => {
    const end = lines.length - tail;
    const from = Math.max(0, head - AROUND);
    const to = Math.min(lines.length, end + AROUND, from + MOST);
    return {
      lines: lines.slice(from, to).map((text, index) => {
        const at = from + index;
        return { text, differs: at >= head && at < end };
      }),
      before: from > 0,
      after: to < lines.length,
    };
  };
  return [cut(a), cut(b)];
}
