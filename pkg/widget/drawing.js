// A small timeline of a run: its events, the windows of the trigger, and the firings.

/** @typedef {import("../index.js").ExampleRun} Example */
/** @typedef {Example["timeline"]["lanes"][number]} Lane */
/** @typedef {{ at: number, text: string }} Step what happens, in words */
/**
 * @typedef {{ name: string, lane?: Lane, events: { at: number, name: string }[] }} Row
 */

const SVG = "http://www.w3.org/2000/svg";
/** Height of a row, in pixels: the name is above the marks. */
const ROW = { height: 50, name: 11, states: 25, track: 29, base: 44 };
const AXIS = 20;
const MARGIN = 12;
/** Maximum number of runs. */
const MOST_ROWS = 6;
/** Approximate width of a letter, in pixels. */
const LETTER = 6.2;
/** Intervals between the labels of the axis, in seconds. */
const STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
  172_800, 604_800, 1_209_600, 2_592_000, 7_776_000, 31_536_000,
];
const LABEL_WIDTH = 62;

/**
 * A row for each run, and one for events that belong to no run.
 * @param {Example} example
 * @returns {Row[]}
 */
function rowsOf({ timeline, scenario }) {
  /** @type {Row[]} */
  const rows = timeline.lanes.map((lane) => ({ name: lane.name, lane, events: [] }));
  const { events = [] } = /** @type {{ events?: any[] }} */ (scenario);
  for (const { occurred, event, resource } of events) {
    const id = resource["prefect.resource.id"];
    // The run's lane already has these events.
    if (rows.some(({ lane }) => lane?.run && lane.id === id)) continue;
    let row = rows.find(({ lane, name }) => (lane ? lane.id === id : name === id));
    row ??= rows.find(({ lane }) => lane && !lane.run);
    if (!row) {
      row = { name: id, events: [] };
      rows.push(row);
    }
    row.events.push({ at: Date.parse(occurred), name: event });
  }
  return rows;
}

/**
 * When the last visible thing happens; the last windows continue to the end of the scenario.
 * @param {Example} example
 */
export function lastOf(example) {
  const { start, end, lanes } = example.timeline;
  const times = lanes.flatMap((lane) => [
    ...lane.heartbeats,
    ...lane.missed,
    ...lane.states.map(({ at }) => at),
    ...lane.fired.map(({ at }) => at),
    lane.over ?? start,
  ]);
  const others = rowsOf(example).flatMap(({ events }) => events.map(({ at }) => at));
  const last = [...times, ...others].reduce((most, at) => Math.max(most, at), start);
  return last > start ? Math.min(end, last) : end;
}

/**
 * The events as text, in chronological order.
 * @param {Example} example
 * @returns {string[]}
 */
export function stepsOf(example) {
  const { start, lanes } = example.timeline;
  const rows = rowsOf(example);
  const several = rows.length > 1;
  /** @type {Step[]} */
  const steps = rows.flatMap(({ name, lane, events }) => {
    const of = several ? `${name}: ` : "";
    const own = events.map(({ at, name: event }) => ({ at, text: `${of}${event}` }));
    if (!lane) return own;
    const { heartbeats, missed, states, over, ending, fired } = lane;
    const [first] = heartbeats;
    const count = heartbeats.length;
    return [
      ...own,
      ...states.map((state) => ({ at: state.at, text: `${of}${state.name}` })),
      ...(first === undefined
        ? []
        : [
            {
              at: first,
              text: `${of}the first of ${count} ${count === 1 ? "heartbeat" : "heartbeats"}`,
            },
          ]),
      ...missed.map((at) => ({ at, text: `${of}a heartbeat is missing` })),
      ...(over !== undefined && ending === "died"
        ? [{ at: over, text: `${of}the process dies` }]
        : []),
      ...fired.map(({ at, path, child, ifSilent, falseAlarm }) => ({
        at,
        text: `${of}${child ? `trigger ${path}` : "the automation"} fires${ifSilent ? " if nothing comes" : ""}${falseAlarm ? " (false alarm)" : ""}`,
      })),
    ];
  });
  if (!lanes.some(({ fired }) => fired.some(({ child, ifSilent }) => !child && !ifSilent)))
    steps.push({ at: Number.POSITIVE_INFINITY, text: "the automation does not fire" });
  steps.sort((one, other) => one.at - other.at);
  return steps.map(({ at, text }) =>
    Number.isFinite(at) ? `${span((at - start) / 1000)}: ${text}` : text,
  );
}

/**
 * A duration in its two largest units, which fit on an axis.
 * @param {number} seconds
 */
function span(seconds) {
  let rest = Math.round(seconds);
  const units = /** @type {const} */ ([
    ["d", 86_400],
    ["h", 3600],
    ["min", 60],
    ["s", 1],
  ]);
  const parts = units.flatMap(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count > 0 ? [`${count} ${unit}`] : [];
  });
  return parts.slice(0, 2).join(" ") || "0 s";
}

/**
 * @param {string} tag
 * @param {{ [attribute: string]: string | number }} attributes
 * @param {(Node | string)[]} children
 */
function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(
      name,
      typeof value === "number" ? String(Math.round(value * 10) / 10) : value,
    );
  }
  element.append(...children);
  return element;
}

/** @param {string} kind @param {number[]} places */
const line = (kind, ...[x1 = 0, y1 = 0, x2 = 0, y2 = 0]) =>
  svg("line", { class: kind, x1, y1, x2, y2 });

/**
 * @param {Example} example
 * @param {{ width: number, until: number, label: string }} how `until`: the end of the scale
 */
export function draw(example, { width, until, label }) {
  const { start } = example.timeline;
  const all = rowsOf(example);
  const rows = all.length > MOST_ROWS ? [...all.slice(0, MOST_ROWS - 1), ...all.slice(-1)] : all;
  const end = Math.max(until, start + 1000);
  const plotWidth = Math.max(60, width - 2 * MARGIN);
  // Leaves space after the last event for its name.
  const last = start + (end - start) * 1.1;
  /** @param {number} at */
  const x = (at) =>
    MARGIN + (Math.min(Math.max(at, start), last) - start) * (plotWidth / (last - start));
  const height = Math.max(1, rows.length) * ROW.height + AXIS;
  const drawing = svg("svg", {
    class: "timeline",
    part: "timeline",
    role: "img",
    "aria-label": label,
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
  });
  drawing.append(...axis(start, last, x, plotWidth, height));
  for (const [index, row] of rows.entries()) {
    const group = svg("g", { transform: `translate(0 ${index * ROW.height})` });
    group.append(...heading(row, width), ...marks(row, x, last, width));
    drawing.append(group);
  }
  return drawing;
}

/**
 * The name of a row on the left, and its outcome on the right.
 * @param {Row} row
 * @param {number} width
 */
function heading({ name, lane }, width) {
  const y = ROW.name;
  const named = svg("text", { class: "name", x: MARGIN - 8, y }, name);
  if (!lane) return [named];
  const { caption, wrong } = lane;
  const space = width - 2 * MARGIN - name.length * LETTER;
  // In a narrow column: the last part, which says whether it was right.
  const shown = caption.length * LETTER > space ? caption.replace(/.* · /, "") : caption;
  const kind = wrong ? "caption wrong" : "caption";
  return [named, svg("text", { class: kind, x: width - 4, y, "text-anchor": "end" }, shown)];
}

/**
 * @param {number} start
 * @param {number} last
 * @param {(at: number) => number} x
 * @param {number} plotWidth
 * @param {number} height
 */
function axis(start, last, x, plotWidth, height) {
  const seconds = (last - start) / 1000;
  const most = Math.max(1, Math.floor(plotWidth / LABEL_WIDTH));
  const step = STEPS.find((one) => seconds / one <= most) ?? seconds;
  const labels = [];
  for (let at = 0; at <= seconds; at += step) {
    const place = x(start + at * 1000);
    labels.push(
      line("grid", place, ROW.name + 6, place, height - AXIS + 4),
      svg(
        "text",
        { class: "time", x: place, y: height - 4, "text-anchor": at === 0 ? "start" : "middle" },
        span(at),
      ),
    );
  }
  // A label at the very edge has no space.
  const edge = x(last);
  return labels.filter((one) => Number(one.getAttribute("x") ?? 0) < edge - LABEL_WIDTH / 3);
}

/**
 * @param {Row} row
 * @param {(at: number) => number} x
 * @param {number} last
 * @param {number} width
 */
function marks({ lane, events }, x, last, width) {
  const { track, base } = ROW;
  /** @type {Element[]} */
  const shown = [];
  if (!lane?.run) shown.push(line("rest", x(0), base, x(last), base));
  if (lane) {
    for (const { posture, opened, start, end, closed = last, closedBy } of lane.windows) {
      const until = Math.min(closed, last);
      // The line shows the remaining time of the window: high when it opens, zero at its end. A Reactive window is flat.
      /** @param {number} at */
      const level = (at) =>
        posture === "Reactive" || end <= start
          ? (track + base) / 2
          : track + (base - track) * Math.min(1, Math.max(0, (at - start) / (end - start)));
      const points = [
        [x(opened), level(opened)],
        [x(Math.min(until, end)), level(Math.min(until, end))],
        [x(until), level(until)],
        [x(until), base],
        [x(opened), base],
      ].map((point) => point.map((place) => Math.round(place * 10) / 10).join());
      shown.push(
        svg("polygon", {
          class: closedBy === "fired" ? "window firing" : "window",
          points: points.join(" "),
        }),
      );
    }
    const { states, ending, over = last } = lane;
    const dies = ending === "died" ? over : undefined;
    if (lane.run) shown.push(line("life", x(lane.starts), base, x(over), base));
    const death = dies === undefined ? [] : [{ at: dies, name: "dies" }];
    shown.push(...names([...states, ...death], x, width));
    for (const at of lane.heartbeats)
      shown.push(svg("circle", { class: "heartbeat", cx: x(at), cy: base, r: 2.5 }));
    for (const at of lane.missed)
      shown.push(svg("circle", { class: "missed", cx: x(at), cy: base, r: 3 }));
    if (dies !== undefined) {
      const [at, arm] = [x(dies), 4];
      shown.push(
        line("death", at - arm, base - arm, at + arm, base + arm),
        line("death", at + arm, base - arm, at - arm, base + arm),
      );
    }
  }
  shown.push(
    ...names(
      events.map(({ at, name }) => ({ at, name: name.split(".").at(-1) ?? name })),
      x,
      width,
    ),
  );
  for (const { at } of events)
    shown.push(svg("circle", { class: "heartbeat", cx: x(at), cy: base, r: 2.5 }));
  for (const { at, child, ifSilent, falseAlarm, reason } of lane?.fired ?? []) {
    const place = x(at);
    const y = track - 3;
    const kind = child || ifSilent ? "fire hollow" : "fire";
    const from = `M${Math.round(place)} ${y - 6}`;
    // They differ by shape, not by colour alone.
    const shape = falseAlarm
      ? svg("path", { class: `${kind} wrong`, d: `${from}l7 12h-14z` })
      : svg("path", { class: kind, d: `${from}l6 6l-6 6l-6 -6z` });
    shape.append(svg("title", {}, reason));
    shown.push(line(ifSilent ? "fire silent" : "fire", place, y, place, base + 3), shape);
  }
  return shown;
}

/**
 * Draws names at their times without overlaps: of two that overlap, the later one.
 * @param {{ at: number, name: string }[]} states
 * @param {(at: number) => number} x
 * @param {number} width
 */
function names(states, x, width) {
  return states.flatMap(({ at, name }, index) => {
    const place = x(at);
    const tick = line("tick", place, ROW.states + 2, place, ROW.base);
    const next = states[index + 1];
    const long = name.length * LETTER + 8;
    if (next && x(next.at) - place < long) return [tick];
    const isLast = place + long > width;
    return [
      tick,
      svg(
        "text",
        {
          class: "state",
          x: place + (isLast ? -4 : 3),
          y: ROW.states,
          "text-anchor": isLast ? "end" : "start",
        },
        name,
      ),
    ];
  });
}
