// Zoom, pan and what the pointer reads.
const tip = document.getElementById("tip");
const hair = document.getElementById("hair");
const shown = document.getElementById("shown");
const SMALLEST = 0.02 * SECOND;

function show(from, to) {
  let width = Math.min(Math.max(to - from, SMALLEST), plot.end);
  from = Math.min(Math.max(from, 0), plot.end - width);
  view.from = from;
  view.to = from + width;
  const whole = width >= plot.end;
  shown.textContent = whole ? "whole run, " + span(plot.end) : seconds(view.from) + " to " + seconds(view.to) + " of " + span(plot.end);
  requestAnimationFrame(draw);
}

function zoom(factor, around) {
  const at = around === undefined ? (view.from + view.to) / 2 : around;
  show(at - (at - view.from) * factor, at + (view.to - at) * factor);
}

const pan = part => show(view.from + part * (view.to - view.from), view.to + part * (view.to - view.from));

// around shows a stretch with as much again on each side.
function around(from, to) {
  const margin = Math.max((to - from) * 0.6, 0.25 * SECOND);
  show(from - margin, to + margin);
}

const local = e => {
  const r = canvas.getBoundingClientRect();
  return { x: e.clientX - r.left, y: e.clientY - r.top };
};
const within = px => Math.min(Math.max(px, box.left), box.left + inner());

let grip = null;
canvas.addEventListener("pointerdown", e => {
  if (e.button !== 0) return;
  canvas.setPointerCapture(e.pointerId);
  grip = { x: local(e).x, from: view.from, to: view.to, pan: e.shiftKey };
});
canvas.addEventListener("pointermove", e => {
  const at = local(e);
  if (!grip) { hover(at); return; }
  leave();
  if (grip.pan) {
    const moved = (grip.x - at.x) / inner() * (grip.to - grip.from);
    show(grip.from + moved, grip.to + moved);
    return;
  }
  view.brush = { a: within(grip.x), b: within(at.x) };
  requestAnimationFrame(draw);
});
canvas.addEventListener("pointerup", e => {
  const brush = view.brush;
  view.brush = null;
  grip = null;
  if (brush && Math.abs(brush.b - brush.a) > 5) show(us(Math.min(brush.a, brush.b)), us(Math.max(brush.a, brush.b)));
  else requestAnimationFrame(draw);
});
canvas.addEventListener("pointercancel", () => { view.brush = grip = null; requestAnimationFrame(draw); });
canvas.addEventListener("dblclick", () => show(0, plot.end));
canvas.addEventListener("pointerleave", leave);
// Only with Ctrl or Cmd: the page itself must scroll under the pointer.
canvas.addEventListener("wheel", e => {
  if (!e.ctrlKey && !e.metaKey) return;
  e.preventDefault();
  zoom(e.deltaY > 0 ? 1.25 : 0.8, us(within(local(e).x)));
}, { passive: false });
canvas.addEventListener("keydown", e => {
  const act = { ArrowLeft: () => pan(-0.2), ArrowRight: () => pan(0.2), "+": () => zoom(0.7), "=": () => zoom(0.7), "-": () => zoom(1.4), "0": () => show(0, plot.end), Escape: () => show(0, plot.end) }[e.key];
  if (!act) return;
  e.preventDefault();
  act();
});

function leave() { tip.hidden = hair.hidden = true; }

function hover(at) {
  if (at.x < box.left || at.x > box.left + inner()) return leave();
  const t = us(at.x);
  hair.hidden = tip.hidden = false;
  hair.style.left = at.x + "px";
  hair.style.height = box.height - 22 + "px";
  tip.replaceChildren(...readings(t, at).map(line));
  const right = at.x + 18 + tip.offsetWidth > box.width;
  tip.style.left = (right ? Math.max(0, at.x - 14 - tip.offsetWidth) : at.x + 14) + "px";
  tip.style.top = Math.max(0, Math.min(at.y + 12, box.height - tip.offsetHeight - 4)) + "px";
}

function line([name, value, tone]) {
  const row = document.createElement("div"), a = document.createElement("span"), b = document.createElement("b");
  a.textContent = name;
  b.textContent = value;
  if (tone) b.className = tone;
  row.append(a, b);
  return row;
}

// readings are what the picture says at a moment.
function readings(t, at) {
  const out = [["time", seconds(t, 3)]];
  for (const s of plot.spans) if (s.from <= t && t < s.to) out.push([s.phase, s.name + (s.target ? " on " + s.target : "")]);
  for (const m of plot.marks) if (out.length < 8 && Math.abs(x(m.at) - at.x) < 5) out.push([m.claim, m.summary, "failed"]);
  for (const g of plot.groups) out.push(groupReading(g, t));
  const width = rateBin();
  for (const [k, word] of [["ok", "acknowledged"], ["unknown", "unknown"], ["failed", "failed"]]) {
    const b = rebin(plot.rate[k], plot.rate.width, width, t, t + 1)[0];
    if (b && (b.sum || k === "ok")) out.push([word, count(b.sum * SECOND / width) + " /s", k]);
  }
  const q = quantiles(layers[view.layer], latencyBin(), t, t + 1)[0];
  if (q) out.push(["p50 · p99 · max", span(q.p50) + " · " + span(q.p99) + " · " + span(q.max)]);
  const near = nearest(at);
  if (near) out.push(near);
  return out;
}

function groupReading(g, t) {
  const outage = g.outages.find(o => o[0] <= t && t < o[1]);
  if (outage) return [g.name, "outage of " + lasted(outage), "failed"];
  const s = g.strip.find(s => s[0] <= t && t < s[1]);
  const word = { ok: "serving", failed: "probe failed", unknown: "probe unanswered", none: "not probed" };
  return [g.name, s ? word[s[2]] : "not probed", s && s[2] !== "none" ? s[2] : ""];
}

function nearest(at) {
  const p = box.panels.find(p => p.kind === "latency"), layer = layers[view.layer];
  if (at.y < p.y - 6 || at.y > p.y + p.h + 6) return null;
  let best = null, score = 64;
  const until = us(at.x + 8);
  for (let i = firstAt(layer.t, us(at.x - 8)); i < layer.size && layer.t[i] <= until; i++) {
    const d = (x(layer.t[i]) - at.x) ** 2 + (y(p, layer.l[i]) - at.y) ** 2;
    if (d < score) { score = d; best = i; }
  }
  if (best === null) return null;
  const o = +layer.o[best], n = layer.n ? layer.n[best] : 1;
  const what = n > 1 ? count(n) + " sends, up to " + span(layer.l[best]) : span(layer.l[best]) + ", sent at " + seconds(layer.t[best], 3);
  return [WORDS[o], what, ["unknown", "ok", "failed"][o]];
}

for (const b of document.querySelectorAll("button[data-from]"))
  b.addEventListener("click", () => {
    around(+b.dataset.from, +b.dataset.to);
    document.getElementById("chart").scrollIntoView({ block: "nearest" });
  });
document.getElementById("whole").addEventListener("click", () => show(0, plot.end));
document.getElementById("closer").addEventListener("click", () => zoom(0.6));
document.getElementById("wider").addEventListener("click", () => zoom(1 / 0.6));
document.getElementById("layer").addEventListener("change", e => { view.layer = e.target.value; requestAnimationFrame(draw); });
document.getElementById("theme").addEventListener("click", () => {
  const root = document.documentElement, dark = getComputedStyle(root).colorScheme === "dark";
  root.dataset.theme = dark ? "light" : "dark";
  redraw();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
new ResizeObserver(redraw).observe(canvas.parentElement);

function redraw() {
  readInk();
  layout();
  draw();
}
document.documentElement.classList.add("live"); // the picture gives way to the canvas
redraw();
show(0, plot.end);
