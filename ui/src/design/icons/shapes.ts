// Every icon is drawn on a 16 px square with a 1.3 px round stroke. Shapes are data, not markup:
// React and the grid engine build elements from them, and nothing is ever parsed as HTML.

export type IconShape = readonly [
  tag: "path" | "circle" | "ellipse" | "rect",
  attributes: Readonly<Record<string, string>>,
];

const shapes = {
  home: [["path", { d: "M2.5 7.5 8 3l5.5 4.5M4 6.5v7h8v-7M6.7 13.5V10h2.6v3.5" }]],
  database: [
    ["ellipse", { cx: "8", cy: "4", rx: "5", ry: "2" }],
    ["path", { d: "M3 4v8c0 1.1 2.2 2 5 2s5-.9 5-2V4M3 8c0 1.1 2.2 2 5 2s5-.9 5-2" }],
  ],
  server: [
    ["rect", { x: "2.5", y: "3", width: "11", height: "4.2", rx: "1" }],
    ["rect", { x: "2.5", y: "8.8", width: "11", height: "4.2", rx: "1" }],
    ["path", { d: "M5 5.1h.01M5 10.9h.01" }],
  ],
  schema: [["path", { d: "M5.5 2.5H3.5v11h2M10.5 2.5h2v11h-2M6 6.2h4M6 9.8h4" }]],
  table: [
    ["rect", { x: "2.5", y: "3", width: "11", height: "10", rx: "1" }],
    ["path", { d: "M2.5 6.3h11M2.5 9.7h11M6.2 6.3V13" }],
  ],
  view: [
    ["circle", { cx: "8", cy: "8", r: "1.8" }],
    ["path", { d: "M1.8 8S4 4 8 4s6.2 4 6.2 4S12 12 8 12 1.8 8 1.8 8z" }],
  ],
  matview: [
    [
      "path",
      {
        d: "M2.5 6.2h11M2.5 4a1 1 0 0 1 1-1h9a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1zM4.6 9.6S5.8 8 8 8s3.4 1.6 3.4 1.6S10.2 11.2 8 11.2 4.6 9.6 4.6 9.6z",
      },
    ],
  ],
  column: [
    ["rect", { x: "2.5", y: "3", width: "11", height: "10", rx: "1" }],
    ["path", { d: "M6.2 3v10M9.8 3v10M8 5.5v.01M8 8v.01M8 10.5v.01" }],
  ],
  key: [
    ["circle", { cx: "5.3", cy: "10.7", r: "2.7" }],
    ["path", { d: "M7.2 8.8 13 3M10.7 5.3l1.9 1.9" }],
  ],
  "foreign-key": [
    ["circle", { cx: "4", cy: "8", r: "1.8" }],
    ["path", { d: "M5.8 8h7.7M10.8 5.3 13.5 8l-2.7 2.7" }],
  ],
  index: [["path", { d: "M2.5 4h6M2.5 8h4.5M2.5 12h3M11.5 3.5v9M9.3 10.3l2.2 2.2 2.2-2.2" }]],
  trigger: [["path", { d: "M9 1.8 3.8 9H8l-1 5.2L12.2 7H8z" }]],
  function: [["path", { d: "M11 3.1c-1.7-.7-2.9.1-3.2 1.9L6.4 11.3c-.3 1.5-1.3 2-2.6 1.5M4.8 7h5.4" }]],
  enum: [["path", { d: "M6.5 4h7M6.5 8h7M6.5 12h7M3 4h.01M3 8h.01M3 12h.01" }]],
  sequence: [["path", { d: "M2.5 12.5h3v-3h4v-3.5h4M10.8 3.3 13.5 6l-2.7 2.7" }]],
  role: [
    ["circle", { cx: "8", cy: "5.2", r: "2.5" }],
    ["path", { d: "M3 13.5c.3-2.7 2.3-4.2 5-4.2s4.7 1.5 5 4.2" }],
  ],
  shield: [["path", { d: "M8 1.8l5 1.8v4c0 3.2-2 5.4-5 6.6-3-1.2-5-3.4-5-6.6v-4z" }]],
  policy: [["path", { d: "M8 1.8l5 1.8v4c0 3.2-2 5.4-5 6.6-3-1.2-5-3.4-5-6.6v-4zM5.8 7.8l1.7 1.7 2.9-3" }]],
  search: [
    ["circle", { cx: "7", cy: "7", r: "4.2" }],
    ["path", { d: "M10.2 10.2l3.3 3.3" }],
  ],
  history: [["path", { d: "M2.8 8.3a5.2 5.2 0 1 0 1.5-4M2.8 2.3v2.9h2.9M8 5.3V8l2 1.3" }]],
  saved: [["path", { d: "M4 2.5h8v11l-4-3-4 3z" }]],
  snapshot: [
    ["rect", { x: "2", y: "4.5", width: "12", height: "8.5", rx: "1.2" }],
    ["circle", { cx: "8", cy: "8.7", r: "2.3" }],
    ["path", { d: "M5.6 4.5l.9-1.7h3l.9 1.7" }],
  ],
  plug: [["path", { d: "M6 2v3M10 2v3M4 5h8v2.5a4 4 0 0 1-8 0zM8 11.5V14" }]],
  unplug: [
    ["path", { d: "M6 2v2.5M10 2v3M7 5h5v2.5a4 4 0 0 1-.5 1.9M9.7 11.1A4 4 0 0 1 4 7.5V5M8 11.5V14M2.5 2.5l11 11" }],
  ],
  lock: [
    ["rect", { x: "3.5", y: "7", width: "9", height: "6.5", rx: "1" }],
    ["path", { d: "M5.5 7V5a2.5 2.5 0 0 1 5 0v2" }],
  ],
  run: [["path", { d: "M4.5 2.8v10.4L13 8z" }]],
  stop: [["rect", { x: "4", y: "4", width: "8", height: "8", rx: "1" }]],
  explain: [
    ["rect", { x: "5.8", y: "2", width: "4.4", height: "3", rx: ".6" }],
    ["rect", { x: "1.8", y: "11", width: "4.4", height: "3", rx: ".6" }],
    ["rect", { x: "9.8", y: "11", width: "4.4", height: "3", rx: ".6" }],
    ["path", { d: "M8 5v3M4 11V8h8v3" }],
  ],
  format: [["path", { d: "M2.5 4h11M5.5 8h8M5.5 12h5" }]],
  save: [
    ["path", { d: "M2.5 3.5a1 1 0 0 1 1-1H11L13.5 5v7.5a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1zM5 2.5V6h5V2.5M5 13.5v-4h6v4" }],
  ],
  undo: [["path", { d: "M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M5.5 4 3 6.5 5.5 9" }]],
  redo: [["path", { d: "M13 6.5H6.5a3.5 3.5 0 0 0 0 7H10M10.5 4 13 6.5 10.5 9" }]],
  plus: [["path", { d: "M8 3v10M3 8h10" }]],
  minus: [["path", { d: "M3 8h10" }]],
  filter: [["path", { d: "M2.5 4.5h11M4.5 8h7M6.5 11.5h3" }]],
  sort: [["path", { d: "M5 3v10M2.7 10.7 5 13l2.3-2.3M11 13V3M8.7 5.3 11 3l2.3 2.3" }]],
  "arrow-up": [["path", { d: "M8 13V3M4.5 6.5 8 3l3.5 3.5" }]],
  "arrow-down": [["path", { d: "M8 3v10M4.5 9.5 8 13l3.5-3.5" }]],
  "arrow-right": [["path", { d: "M3 8h10M9.5 4.5 13 8l-3.5 3.5" }]],
  "arrow-left": [["path", { d: "M13 8H3M6.5 4.5 3 8l3.5 3.5" }]],
  pin: [["path", { d: "M5.5 2.5h5M6.3 2.5v4L4.5 9h7L9.7 6.5v-4M8 9v4.5" }]],
  columns: [
    ["rect", { x: "2.5", y: "3", width: "3", height: "10", rx: ".6" }],
    ["rect", { x: "6.5", y: "3", width: "3", height: "10", rx: ".6" }],
    ["rect", { x: "10.5", y: "3", width: "3", height: "10", rx: ".6" }],
  ],
  chart: [["path", { d: "M2.5 2.5v11h11M5.5 11V8.5M8.5 11V5M11.5 11V7" }]],
  copy: [
    ["rect", { x: "5.5", y: "5.5", width: "8", height: "8", rx: "1" }],
    ["path", { d: "M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2" }],
  ],
  download: [["path", { d: "M8 2.5V10M5 7l3 3 3-3M2.5 13h11" }]],
  upload: [["path", { d: "M8 10V2.5M5 5.5l3-3 3 3M2.5 13h11" }]],
  star: [["path", { d: "m8 2.6 1.7 3.4 3.8.6-2.7 2.7.6 3.7L8 11.2 4.6 13l.6-3.7-2.7-2.7L6.3 6z" }]],
  "star-on": [
    ["path", { d: "m8 2.6 1.7 3.4 3.8.6-2.7 2.7.6 3.7L8 11.2 4.6 13l.6-3.7-2.7-2.7L6.3 6z", fill: "currentColor" }],
  ],
  branch: [
    ["circle", { cx: "4.5", cy: "3.5", r: "1.5" }],
    ["circle", { cx: "4.5", cy: "12.5", r: "1.5" }],
    ["circle", { cx: "11.5", cy: "4.5", r: "1.5" }],
    ["path", { d: "M4.5 5v6M11.5 6c0 2.8-3.5 2.3-6.2 4.8" }],
  ],
  warning: [["path", { d: "M8 2.3 14.2 13H1.8zM8 6.4v3M8 11.2v.01" }]],
  error: [["path", { d: "M5.4 2h5.2L14 5.4v5.2L10.6 14H5.4L2 10.6V5.4zM8 5v3.5M8 11v.01" }]],
  info: [
    ["circle", { cx: "8", cy: "8", r: "6" }],
    ["path", { d: "M8 7.4V11M8 5.1v.01" }],
  ],
  check: [["path", { d: "M3 8.5 6.5 12 13 4.5" }]],
  close: [["path", { d: "M4 4l8 8M12 4l-8 8" }]],
  "chevron-right": [["path", { d: "M6 3.5 10.5 8 6 12.5" }]],
  "chevron-down": [["path", { d: "M3.5 6 8 10.5 12.5 6" }]],
  "chevron-left": [["path", { d: "M10 3.5 5.5 8 10 12.5" }]],
  "chevron-up": [["path", { d: "M3.5 10 8 5.5 12.5 10" }]],
  chevrons: [["path", { d: "M5 6l3-3 3 3M5 10l3 3 3-3" }]],
  more: [
    ["circle", { cx: "3.5", cy: "8", r: ".6" }],
    ["circle", { cx: "8", cy: "8", r: ".6" }],
    ["circle", { cx: "12.5", cy: "8", r: ".6" }],
  ],
  settings: [
    ["circle", { cx: "10.2", cy: "5", r: "1.7" }],
    ["circle", { cx: "5.8", cy: "11", r: "1.7" }],
    ["path", { d: "M2.5 5h6M12 5h1.5M2.5 11H4M7.6 11h5.9" }],
  ],
  refresh: [["path", { d: "M13 8a5 5 0 1 1-1.5-3.5M13.2 2.3v2.9h-2.9" }]],
  "open-external": [["path", { d: "M6.5 3.5h-3v9h9v-3M9 2.5h4.5V7M13.5 2.5 7.5 8.5" }]],
  edit: [["path", { d: "M3 13l.6-2.8L10.7 3l2.3 2.3-7.2 7.1z" }]],
  trash: [["path", { d: "M3 4.5h10M6.5 4.5v-2h3v2M4.3 4.5l.6 9h6.2l.6-9M6.7 7v4M9.3 7v4" }]],
  file: [["path", { d: "M4 2h5.5L12.5 5v9H4zM9.5 2v3h3" }]],
  folder: [["path", { d: "M2 4.5v8h12V5.5H8L6.5 3.5H2.5z" }]],
  terminal: [
    ["rect", { x: "2", y: "3", width: "12", height: "10", rx: "1" }],
    ["path", { d: "M4.5 6l2 2-2 2M8 10.5h3.5" }],
  ],
  clock: [
    ["circle", { cx: "8", cy: "8", r: "5.7" }],
    ["path", { d: "M8 4.8V8l2.2 1.5" }],
  ],
  dice: [
    ["rect", { x: "2.5", y: "2.5", width: "11", height: "11", rx: "2" }],
    ["path", { d: "M5.5 5.5h.01M10.5 5.5h.01M8 8h.01M5.5 10.5h.01M10.5 10.5h.01" }],
  ],
  flask: [["path", { d: "M6 2h4M6.7 2v4.3L3.2 13a.7.7 0 0 0 .6 1h8.4a.7.7 0 0 0 .6-1L9.3 6.3V2M5 10h6" }]],
  matrix: [
    ["rect", { x: "2.5", y: "2.5", width: "4", height: "4", rx: ".6" }],
    ["rect", { x: "9.5", y: "2.5", width: "4", height: "4", rx: ".6" }],
    ["rect", { x: "2.5", y: "9.5", width: "4", height: "4", rx: ".6" }],
    ["rect", { x: "9.5", y: "9.5", width: "4", height: "4", rx: ".6" }],
  ],
  bulb: [
    ["path", { d: "M6 11.5h4M6.5 13.8h3M5.7 9.7A4.2 4.2 0 1 1 10.3 9.7c-.3.3-.4.8-.4 1.3H6.1c0-.5-.1-1-.4-1.3z" }],
  ],
  null: [
    ["circle", { cx: "8", cy: "8", r: "4.5" }],
    ["path", { d: "M3.5 12.5l9-9" }],
  ],
  "eye-off": [
    [
      "path",
      {
        d: "M3 3l10 10M6.5 4.2C7 4.1 7.5 4 8 4c4 0 6.2 4 6.2 4s-.7 1.2-2 2.3M4 5.5C2.6 6.6 1.8 8 1.8 8S4 12 8 12c.8 0 1.5-.2 2.2-.4",
      },
    ],
  ],
  rows: [["path", { d: "M2.5 4h11M2.5 8h11M2.5 12h11" }]],
  panel: [
    ["rect", { x: "2.5", y: "3", width: "11", height: "10", rx: "1" }],
    ["path", { d: "M6.3 3v10" }],
  ],
  pause: [["path", { d: "M5.5 3.5v9M10.5 3.5v9" }]],
  fit: [["path", { d: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10" }]],
  sun: [
    ["circle", { cx: "8", cy: "8", r: "2.8" }],
    ["path", { d: "M8 1.8v1.4M8 12.8v1.4M1.8 8h1.4M12.8 8h1.4M3.6 3.6l1 1M11.4 11.4l1 1M12.4 3.6l-1 1M4.6 11.4l-1 1" }],
  ],
  moon: [["path", { d: "M13 9.6A5.5 5.5 0 0 1 6.4 3a5.5 5.5 0 1 0 6.6 6.6z" }]],
  grip: [["path", { d: "M6 4h.01M6 8h.01M6 12h.01M10 4h.01M10 8h.01M10 12h.01" }]],
  offline: [["path", { d: "M2.5 8H6M10 8h3.5M6 5.5v5M10 5.5v5M2.5 8V5M13.5 8v3" }]],
  "panel-right": [
    ["rect", { x: "2.5", y: "3", width: "11", height: "10", rx: "1" }],
    ["path", { d: "M9.7 3v10" }],
  ],
  "panel-bottom": [
    ["rect", { x: "2.5", y: "3", width: "11", height: "10", rx: "1" }],
    ["path", { d: "M2.5 9.3h11" }],
  ],
  keyboard: [
    ["rect", { x: "1.8", y: "4", width: "12.4", height: "8", rx: "1" }],
    ["path", { d: "M4.3 6.5h.01M6.8 6.5h.01M9.3 6.5h.01M11.7 6.5h.01M5 9.5h6" }],
  ],
  paste: [
    ["rect", { x: "3", y: "3.5", width: "10", height: "10", rx: "1" }],
    ["path", { d: "M6 2.3h4v2.4H6zM5.5 8h5M5.5 10.5h3" }],
  ],
  wrap: [["path", { d: "M2.5 4h11M2.5 8h9a2 2 0 0 1 0 4H8M9.5 10.3 7.8 12l1.7 1.7M2.5 12H5" }]],
  json: [
    [
      "path",
      {
        d: "M6 2.5H5a1.2 1.2 0 0 0-1.2 1.2v2.5L2.5 8l1.3 1.8v2.5A1.2 1.2 0 0 0 5 13.5h1M10 2.5h1a1.2 1.2 0 0 1 1.2 1.2v2.5L13.5 8l-1.3 1.8v2.5a1.2 1.2 0 0 1-1.2 1.2h-1",
      },
    ],
  ],
  link: [
    [
      "path",
      {
        d: "M6.7 9.3 9.3 6.7M7.3 4.8l1.5-1.5a2.6 2.6 0 0 1 3.8 3.7l-1.5 1.6M8.7 11.2l-1.5 1.5a2.6 2.6 0 0 1-3.8-3.7l1.5-1.6",
      },
    ],
  ],
  bell: [["path", { d: "M4 11.5V7.3a4 4 0 0 1 8 0v4.2zM2.8 11.5h10.4M6.8 13.6h2.4" }]],
} as const satisfies Record<string, readonly IconShape[]>;

export type IconName = keyof typeof shapes;

export const iconShapes: Readonly<Record<IconName, readonly IconShape[]>> = shapes;

export const iconNames = Object.keys(shapes) as IconName[];
