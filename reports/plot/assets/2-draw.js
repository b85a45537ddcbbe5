// The picture: one canvas, its panels below each other on one time axis.
const canvas = document.getElementById("canvas");
const pen = canvas.getContext("2d");
const view = { from: 0, to: plot.end, layer: "intended", brush: null };
const box = { left: 58, right: 14, width: 0, height: 0, panels: [] };
let ink = {};

const FONT = '12px ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif';

function readInk() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["text", "muted", "grid", "card", "ok", "failed", "unknown", "fault", "calm", "p50", "p99", "accent"])
    ink[name] = style.getPropertyValue("--" + name).trim();
}

// spanRows puts overlapping spans into rows of their own.
const spanRows = (() => {
  const ends = [];
  return plot.spans.map(s => {
    let row = ends.findIndex(end => end <= s.from);
    if (row < 0) row = ends.push(0) - 1;
    ends[row] = s.to;
    return row;
  });
})();

function layout() {
  box.width = canvas.parentElement.clientWidth;
  box.panels = [];
  let y = 4;
  const add = (kind, gap, h, more) => { box.panels.push({ kind, y: y + gap, h, ...more }); y += gap + h; };
  if (plot.spans.length) add("spans", 0, 24 * (1 + Math.max(...spanRows)) - 4, {});
  if (plot.marks.length) add("marks", 26, 16, {});
  for (const g of plot.groups) add("group", 30, 40, { group: g });
  add("rate", 34, 120, {});
  add("latency", 34, 210, {});
  box.height = y + 26;
  const dpr = window.devicePixelRatio || 1;
  canvas.width = Math.round(box.width * dpr);
  canvas.height = Math.round(box.height * dpr);
  canvas.style.height = box.height + "px";
  pen.setTransform(dpr, 0, 0, dpr, 0, 0);
}

const inner = () => box.width - box.left - box.right;
const x = us => box.left + (us - view.from) / (view.to - view.from) * inner();
const us = px => view.from + (px - box.left) / inner() * (view.to - view.from);

function draw() {
  pen.clearRect(0, 0, box.width, box.height);
  pen.font = FONT;
  pen.textBaseline = "middle";
  drawBands();
  for (const p of box.panels) ({ spans: drawSpans, marks: drawMarks, group: drawGroup, rate: drawRate, latency: drawLatency })[p.kind](p);
  drawTimeAxis();
  if (view.brush) drawBrush();
}

// inside runs paint with the panel's rectangle as the limit of the ink.
function inside(p, paint) {
  pen.save();
  pen.beginPath();
  pen.rect(box.left, p.y - 1, inner(), p.h + 2);
  pen.clip();
  paint();
  pen.restore();
}

function text(s, px, py, colour, align = "left", weight = "") {
  pen.font = weight + " " + FONT;
  pen.fillStyle = colour;
  pen.textAlign = align;
  pen.fillText(s, px, py);
}

// fit shortens a text to a width.
function fit(s, width) {
  if (pen.measureText(s).width <= width) return s;
  while (s.length > 1 && pen.measureText(s + "…").width > width) s = s.slice(0, -1);
  return s.length > 1 ? s + "…" : "";
}

// fitting is the longest of the wordings that fits.
const fitting = (wordings, width) => wordings.find(w => pen.measureText(w).width <= width) || fit(wordings[wordings.length - 1], width);

// hatch marks what must not be taken for a fact: a fault not confirmed, a time in which nobody looked.
function hatch(px, py, w, h, colour) {
  pen.save();
  pen.beginPath();
  pen.rect(px, py, w, h);
  pen.clip();
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  pen.beginPath();
  for (let i = -h; i < w; i += 6) { pen.moveTo(px + i, py + h); pen.lineTo(px + i + h, py); }
  pen.stroke();
  pen.restore();
}

function drawBands() {
  const top = box.panels[0].y, bottom = box.height - 22;
  for (const s of plot.spans) {
    if (s.phase !== "fault") continue;
    const a = Math.max(x(s.from), box.left), b = Math.min(x(s.to), box.left + inner());
    if (b <= a) continue;
    pen.globalAlpha = 0.10;
    pen.fillStyle = ink.fault;
    pen.fillRect(a, top, Math.max(b - a, 1), bottom - top);
    pen.globalAlpha = 0.5;
    if (x(s.from) >= box.left) pen.fillRect(a, top, 1, bottom - top);
    if (x(s.to) <= box.left + inner()) pen.fillRect(b - 1, top, 1, bottom - top);
    pen.globalAlpha = 1;
  }
}

function drawSpans(p) {
  inside(p, () => plot.spans.forEach((s, i) => {
    const a = Math.max(x(s.from), box.left), b = Math.min(x(s.to), box.left + inner()), y = p.y + 24 * spanRows[i];
    if (b <= a) return;
    const isFault = s.phase === "fault";
    pen.fillStyle = isFault ? ink.fault : ink.calm;
    pen.globalAlpha = isFault ? (s.confirmed ? 1 : 0.25) : 0.35;
    pen.beginPath();
    pen.roundRect(a + 1, y, Math.max(b - a - 2, 2), 20, 4);
    pen.fill();
    pen.globalAlpha = 1;
    if (isFault && !s.confirmed) hatch(a, y, b - a, 20, ink.fault);
    const labels = !isFault ? [s.phase] : s.confirmed ? [s.name + " ✓ confirmed", s.name + " ✓", s.name] : [s.name + " ✗ NOT confirmed", "✗ NOT confirmed", "✗"];
    pen.font = (isFault ? "600 " : "") + FONT;
    text(fitting(labels, b - a - 14), a + 8, y + 10.5, isFault && s.confirmed ? "#fff" : ink.text, "left", isFault ? "600" : "");
  }));
}

function drawTimeAxis() {
  const y = box.height - 22, step = nice((view.to - view.from) / Math.max(2, inner() / 90));
  const digits = Math.max(0, -Math.floor(Math.log10(step / SECOND) + 1e-9));
  pen.fillStyle = ink.grid;
  pen.fillRect(box.left, y, inner(), 1);
  for (let t = Math.ceil(view.from / step) * step; t <= view.to; t += step) {
    pen.fillStyle = ink.grid;
    pen.fillRect(x(t), y, 1, 5);
    const edge = x(t) > box.left + inner() - 16;
    text(seconds(t, digits), x(t), y + 13, ink.muted, edge ? "right" : "center");
  }
}

function drawBrush() {
  const a = Math.min(view.brush.a, view.brush.b), b = Math.max(view.brush.a, view.brush.b);
  pen.globalAlpha = 0.18;
  pen.fillStyle = ink.accent;
  pen.fillRect(a, 0, b - a, box.height - 22);
  pen.globalAlpha = 1;
}
