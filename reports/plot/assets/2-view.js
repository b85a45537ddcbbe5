// The part of the run that is shown. The picture is the one that is in the page: its marks are scaled by the view box of
// the inner picture, its labels are moved.
const chart = document.getElementById("chart");
const svg = chart.querySelector("svg");
const field = svg.querySelector(".plot");
const brush = document.getElementById("brush");
const LEFT = +field.getAttribute("x"), WIDTH = +field.getAttribute("width"), HEIGHT = +field.getAttribute("height");
const LETTER = 6.9; // mean width of a letter in the picture's units
const view = { from: 0, to: plot.end, layer: "intended" };

const scale = () => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
const x = us => LEFT + (us - view.from) / (view.to - view.from) * WIDTH;
const us = px => view.from + (px - LEFT) / WIDTH * (view.to - view.from);

// zoomed is where a place of the whole picture is now.
const zoomed = px => x((px - LEFT) / WIDTH * plot.end);

const labels = [...svg.querySelectorAll("text[data-a]")].map(node => ({
  node, a: +node.dataset.a, b: +node.dataset.b, words: node.dataset.words ? JSON.parse(node.dataset.words) : null,
}));
const glyphs = [...svg.querySelectorAll("text[data-at]")].map(node => ({ node, at: +node.dataset.at }));
const axis = svg.querySelector(".axis");
const axisY = +axis.querySelector("text").getAttribute("y");

function draw() {
  const k = WIDTH / plot.end;
  field.setAttribute("viewBox", `${LEFT + view.from * k} 0 ${(view.to - view.from) * k} ${HEIGHT}`);
  for (const g of glyphs) {
    const at = zoomed(g.at);
    g.node.setAttribute("x", at);
    visible(g.node, at >= LEFT && at <= LEFT + WIDTH);
  }
  placeLabels();
  drawAxis();
}

const visible = (node, yes) => node.setAttribute("visibility", yes ? "visible" : "hidden");

// placeLabels gives every label the part of its stretch that is shown, where there is room. The most important come first.
function placeLabels() {
  const taken = new Map();
  for (const l of labels) {
    const a = Math.max(zoomed(l.a), LEFT), b = Math.min(zoomed(l.b), LEFT + WIDTH);
    if (l.words) {
      const room = Math.floor((b - a - 10) / LETTER), fit = l.words.find(w => w.length <= room);
      const text = fit || (room > 1 ? l.words[l.words.length - 1].slice(0, room - 1) + "…" : "");
      l.node.textContent = text;
      l.node.setAttribute("x", a + 8);
      visible(l.node, b > a && text !== "");
      continue;
    }
    const w = l.node.textContent.length * LETTER + 8, row = l.node.getAttribute("y");
    const at = Math.min(Math.max((a + b) / 2 - w / 2, LEFT), LEFT + WIDTH - w), others = taken.get(row) || [];
    const room = b >= a && !others.some(([from, to]) => at < to + 3 && at + w + 3 > from);
    if (room) taken.set(row, [...others, [at, at + w]]);
    l.node.setAttribute("x", at + w / 2);
    visible(l.node, room);
  }
}

function drawAxis() {
  const step = nice((view.to - view.from) / 10), digits = Math.max(0, -Math.floor(Math.log10(step / SECOND) + 1e-9)), ticks = [];
  for (let t = Math.ceil(view.from / step) * step; t <= view.to; t += step) {
    const tick = document.createElementNS(svg.namespaceURI, "text");
    tick.setAttribute("class", "m");
    tick.setAttribute("x", x(t));
    tick.setAttribute("y", axisY);
    tick.setAttribute("text-anchor", x(t) > LEFT + WIDTH - 20 ? "end" : "middle");
    tick.textContent = seconds(t, digits);
    ticks.push(tick);
  }
  axis.replaceChildren(...ticks);
}
