// Zoom and pan.
const shown = document.getElementById("shown");
const SMALLEST = 0.02 * SECOND;

function show(from, to) {
  let width = Math.min(Math.max(to - from, SMALLEST), plot.end);
  from = Math.min(Math.max(from, 0), plot.end - width);
  view.from = from;
  view.to = from + width;
  const whole = width >= plot.end;
  shown.textContent = whole ? "whole run, " + span(plot.end) : seconds(view.from) + " to " + seconds(view.to) + " of " + span(plot.end);
  draw();
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

// local is a place in the picture's own units.
const local = e => {
  const r = svg.getBoundingClientRect();
  return { x: (e.clientX - r.left) / scale(), y: (e.clientY - r.top) / scale() };
};
const within = px => Math.min(Math.max(px, LEFT), LEFT + WIDTH);

let grip = null;

// mark shows the stretch that is about to be zoomed to.
function mark(a, b) {
  brush.hidden = false;
  brush.style.left = Math.min(a, b) * scale() + "px";
  brush.style.width = Math.abs(b - a) * scale() + "px";
  brush.style.height = (HEIGHT - 26) * scale() + "px";
}
chart.addEventListener("pointerdown", e => {
  if (e.button !== 0) return;
  chart.setPointerCapture(e.pointerId);
  grip = { x: local(e).x, from: view.from, to: view.to, pan: e.shiftKey };
});
chart.addEventListener("pointermove", e => {
  const at = local(e);
  if (!grip) { hover(at); return; }
  leave();
  if (grip.pan) {
    const moved = (grip.x - at.x) / WIDTH * (grip.to - grip.from);
    show(grip.from + moved, grip.to + moved);
    return;
  }
  mark(within(grip.x), within(at.x));
});
chart.addEventListener("pointerup", e => {
  const from = grip && !grip.pan ? within(grip.x) : null, to = within(local(e).x);
  brush.hidden = true;
  grip = null;
  if (from !== null && Math.abs(to - from) > 5) show(us(Math.min(from, to)), us(Math.max(from, to)));
});
chart.addEventListener("pointercancel", () => { grip = null; brush.hidden = true; });
chart.addEventListener("dblclick", () => show(0, plot.end));
chart.addEventListener("pointerleave", leave);
// Only with Ctrl or Cmd: the page itself must scroll under the pointer.
chart.addEventListener("wheel", e => {
  if (!e.ctrlKey && !e.metaKey) return;
  e.preventDefault();
  zoom(e.deltaY > 0 ? 1.25 : 0.8, us(within(local(e).x)));
}, { passive: false });
chart.addEventListener("keydown", e => {
  const act = { ArrowLeft: () => pan(-0.2), ArrowRight: () => pan(0.2), "+": () => zoom(0.7), "=": () => zoom(0.7), "-": () => zoom(1.4), "0": () => show(0, plot.end), Escape: () => show(0, plot.end) }[e.key];
  if (!act) return;
  e.preventDefault();
  act();
});

for (const b of document.querySelectorAll("button[data-from]"))
  b.addEventListener("click", () => {
    around(+b.dataset.from, +b.dataset.to);
    document.getElementById("chart").scrollIntoView({ block: "nearest" });
  });
document.getElementById("whole").addEventListener("click", () => show(0, plot.end));
document.getElementById("closer").addEventListener("click", () => zoom(0.6));
document.getElementById("wider").addEventListener("click", () => zoom(1 / 0.6));
document.getElementById("layer").addEventListener("change", e => {
  view.layer = e.target.value;
  for (const name of ["intended", "actual"])
    for (const g of svg.querySelectorAll("g." + name)) g.setAttribute("visibility", name === view.layer ? "visible" : "hidden");
});
document.getElementById("theme").addEventListener("click", () => {
  const root = document.documentElement, dark = getComputedStyle(root).colorScheme === "dark";
  root.dataset.theme = dark ? "light" : "dark";
});
document.documentElement.classList.add("live");
show(0, plot.end);
