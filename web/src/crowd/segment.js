// Painting an image with labels, or with instances of labels (crowd-elements 5.2). What is painted
// is a map of small numbers, one a pixel, so that colours stay exact whatever draws them.
import { DATA, TEXT, el } from './base.js';
import { labelChoices } from './annotate.js';
import { Picture, palette } from './picture.js';
import { Work, takesDigits } from './work.js';

let groups = 0;
const PAST_MAX = 20;
const LAYERS_MAX = 255; // a byte a pixel
const rgb = (color) => [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16));
const known = /^#[0-9a-fA-F]{6}$/;

class Segmentation extends Work {
  static attributes = { header: TEXT, 'initial-value': DATA, labels: DATA, name: TEXT, src: TEXT };

  #group = `segment${++groups}`;
  #picture = null;
  #map = null;      // of each pixel: 0, or 1 + its place in #layers
  #layers = [];     // {label, color}
  #layer = -1;
  #tool = 'brush';
  #brush = 12;
  #corners = [];
  #stroke = null;
  #past = [];
  #future = [];
  #modified = false;
  #waiting = null;

  get list() {
    const given = this.labels ?? [];
    if (!Array.isArray(given))
      throw new TypeError('labels is no list');
    return given.map(String);
  }
  get layers() { return this.#layers; }
  used() {
    const used = new Set(this.#map);
    return this.#layers.filter((_, i) => used.has(i + 1));
  }

  // ---- answer ----

  answer() {
    if (!this.#map)
      return undefined;
    return { inputImageProperties: this.#picture.size, ...this.named(this.used()),
             labeledImage: { pngImageData: this.#png() },
             ...(this.initialValue ? { initialValueModified: this.#modified } : {}) };
  }
  #png() {
    const { width, height } = this.#picture.size;
    const canvas = el('canvas', { width, height });
    canvas.getContext('2d').putImageData(this.#pixels(), 0, 0);
    return canvas.toDataURL('image/png').replace(/^[^,]*,/, '');
  }
  // A table of colours as they lie in memory: a large image is painted at each move of the brush.
  #pixels() {
    const { width, height } = this.#picture.size, data = new ImageData(width, height);
    const out = new Uint32Array(data.data.buffer), map = this.#map;
    const table = new Uint32Array(this.#layers.length + 1);
    const bytes = new Uint8Array(table.buffer);
    this.#layers.forEach((l, i) => bytes.set([...rgb(l.color), 255], 4 * (i + 1)));
    for (let i = 0; i < map.length; i++)
      out[i] = table[map[i]];
    return data;
  }

  restore(kept) {
    const png = kept?.labeledImage?.pngImageData;
    if (typeof png !== 'string')
      return;
    this.#waiting = { given: kept, src: `data:image/png;base64,${png}` };
    this.#modified = Boolean(kept.initialValueModified);
    this.#load();
  }
  // Colours of a picture become layers; one that can not be read leaves nothing.
  async #load() {
    const wanted = this.#waiting;
    if (!wanted?.src || !this.#map)
      return;
    this.#waiting = null;
    const image = new Image();
    image.crossOrigin = 'anonymous';
    image.src = wanted.src;
    try {
      await image.decode();
      const { width, height } = this.#picture.size, canvas = el('canvas', { width, height });
      const context = canvas.getContext('2d', { willReadFrequently: true });
      context.imageSmoothingEnabled = false;
      context.drawImage(image, 0, 0, width, height);
      this.#takePixels(context.getImageData(0, 0, width, height).data, this.colorsOf(wanted.given));
    } catch {
      this.showProblem('What was painted before can not be read.');
    }
    this.#paint();
  }
  #takePixels(data, given) {
    this.#layers = this.begin(given);
    const places = new Map(this.#layers.map((l, i) => [rgb(l.color).join(), i + 1]));
    for (let i = 0; i < this.#map.length; i++)
      this.#map[i] = data[i * 4 + 3] ? places.get(data.slice(i * 4, i * 4 + 3).join()) ?? 0 : 0;
  }

  reset() {
    this.#keep();
    this.#map?.fill(0);
    this.#modified = false;
    this.#paint();
  }
  problem() {
    const broken = this.#picture?.problem();
    if (broken)
      return broken;
    const box = this.shadowRoot.querySelector('.nothing');
    box.hidden = this.#map.some((v) => v);
    return box.hidden || box.querySelector('input').checked ? ''
      : 'Nothing is painted. Is there really nothing to mark? Then tick the box below.';
  }

  // ---- the page of it ----

  draw(root) {
    const list = this.list;
    if (!this.#layers.length || this.#layers.some((l) => !list.includes(l.label))) {
      this.#layers = this.begin([]);
      this.#layer = this.#layers.length === 1 ? 0 : -1;
      this.#map?.fill(0);
    }
    if (!this.#picture || this.#picture.image.getAttribute('src') !== this.src)
      this.#newPicture();
    const tool = (name, words) => el('button', { type: 'button', class: 'plain', 'aria-pressed': String(this.#tool === name),
      'data-tool': name, onclick: () => this.#take(name) }, words);
    const size = el('input', { type: 'range', min: 1, max: 60, 'aria-label': 'Size of brush and eraser' });
    size.value = this.#brush;
    size.addEventListener('input', () => { this.#brush = Number(size.value); });
    const button = (words, act) => el('button', { type: 'button', class: 'plain', onclick: act }, words);
    const tools = el('div', { class: 'tools', role: 'toolbar', 'aria-label': 'Painting' },
      tool('brush', 'Brush'), tool('polygon', 'Polygon'), tool('eraser', 'Eraser'), size,
      button('Undo', () => this.undo()), button('Redo', () => this.redo()));
    const nothing = el('p', { class: 'nothing', hidden: true },
      el('label', {}, el('input', { type: 'checkbox' }), ' Nothing to label'));
    const hint = 'Choose a label, then paint. A polygon is closed at its first corner, or by Enter.';
    this.frame(root, [el('p', { class: 'hint' }, hint), tools, this.#picture.element, nothing],
               [el('div', { class: 'layers' })]);
    this.#showLayers();
    takesDigits(this);
    this.#paint();
  }
  #showLayers() {
    const layers = this.#layers;
    this.shadowRoot.querySelector('.layers').replaceChildren(
      labelChoices(this.#group, layers.map((l, i) => this.title(l, i)), layers.map((l) => l.color),
                   layers[this.#layer] && this.title(layers[this.#layer], this.#layer),
                   (words) => this.#choose(layers.findIndex((l, i) => this.title(l, i) === words))),
      ...this.adders((layer) => {
        if (layers.length >= LAYERS_MAX)
          return;
        layers.push(layer);
        this.#choose(layers.length - 1);
        this.#showLayers();
      }));
  }
  #choose(at) {
    this.#layer = at;
    this.shadowRoot.querySelectorAll(`input[name="${this.#group}"]`).forEach((input, i) => { input.checked = i === at; });
    if (this.#tool === 'eraser')
      this.#take('brush');
    this.showProblem('');
  }
  digit(at) {
    if (this.#layers[at])
      this.#choose(at);
  }
  #take(name) {
    this.#tool = name;
    this.#corners = [];
    for (const button of this.shadowRoot.querySelectorAll('[data-tool]'))
      button.setAttribute('aria-pressed', String(button.dataset.tool === name));
    this.#paint();
  }
  adders() { return []; }

  #newPicture() {
    const picture = new Picture(this.src, () => {
      this.#map = new Uint8Array(picture.width * picture.height);
      const given = this.initialValue;
      this.#waiting ??= given && { given, src: given.src };
      this.#load();
      this.#paint();
    });
    const view = picture.view;
    picture.canvas.style.opacity = '.6';
    view.setAttribute('aria-label', 'Image to paint on');
    view.addEventListener('pointerdown', (e) => this.#down(e));
    view.addEventListener('pointermove', (e) => this.#stroke && this.#brushTo(picture.point(e)));
    view.addEventListener('pointerup', () => this.#up());
    view.addEventListener('keydown', (e) => this.#key(e));
    this.#map = null;
    this.#picture = picture;
  }

  #paint() {
    if (!this.#map)
      return;
    const p = this.#picture, context = p.canvas.getContext('2d');
    context.putImageData(this.#pixels(), 0, 0);
    context.fillStyle = context.strokeStyle = this.#layers[this.#layer]?.color ?? '#000';
    context.lineWidth = 2 / p.zoom;
    context.beginPath();
    for (const { x, y } of this.#corners)
      context.lineTo(x, y);
    context.stroke();
    for (const { x, y } of this.#corners)
      context.fillRect(x - 3 / p.zoom, y - 3 / p.zoom, 6 / p.zoom, 6 / p.zoom);
  }

  // ---- painting ----

  #keep() {
    this.#past.push(this.#map?.slice());
    if (this.#past.length > PAST_MAX)
      this.#past.shift();
    this.#future.length = 0;
  }
  #changed() {
    this.#modified = true;
    this.showProblem('');
    this.#paint();
    this.tell('input', 'change');
  }
  #step(from, to) {
    if (from.length && this.#map) {
      to.push(this.#map);
      this.#map = from.pop();
      this.#changed();
    }
  }
  undo() {
    if (this.#corners.length) {
      this.#corners.pop();
      this.#paint();
    } else {
      this.#step(this.#past, this.#future);
    }
  }
  redo() { this.#step(this.#future, this.#past); }

  #down(e) {
    if (e.button || !this.#map || e.target === this.#picture.view)
      return;
    e.preventDefault();
    this.#picture.view.focus({ preventScroll: true });
    if (this.#tool !== 'eraser' && this.#layer < 0) {
      this.showProblem('Choose a label first.');
      return;
    }
    const at = this.#picture.point(e);
    if (this.#tool === 'polygon') {
      const first = this.#corners[0];
      if (this.#corners.length > 2 && Math.hypot(at.x - first.x, at.y - first.y) <= 9 / this.#picture.zoom)
        this.#fill();
      else
        this.#corners.push(at);
      this.#paint();
      return;
    }
    this.#picture.view.setPointerCapture(e.pointerId);
    this.#keep();
    this.#stroke = at;
    this.#brushTo(at);
  }
  // Discs from the last point to this one.
  #brushTo(to) {
    const from = this.#stroke, steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 2));
    for (let i = 0; i <= steps; i++)
      this.#disc(from.x + (to.x - from.x) * i / steps, from.y + (to.y - from.y) * i / steps);
    this.#stroke = to;
    this.#paint();
  }
  #disc(cx, cy) {
    const { width, height } = this.#picture.size, r = this.#brush / 2;
    const value = this.#tool === 'eraser' ? 0 : this.#layer + 1;
    for (let y = Math.max(0, Math.floor(cy - r)); y <= Math.min(height - 1, cy + r); y++)
      for (let x = Math.max(0, Math.floor(cx - r)); x <= Math.min(width - 1, cx + r); x++)
        if ((x - cx) ** 2 + (y - cy) ** 2 <= r * r)
          this.#map[y * width + x] = value;
  }
  #up() {
    if (this.#stroke) {
      this.#stroke = null;
      this.#changed();
    }
  }
  // Rows of pixels whose centres are inside.
  #fill() {
    const points = this.#corners, { width, height } = this.#picture.size;
    if (points.length < 3)
      return;
    this.#keep();
    for (let y = 0; y < height; y++) {
      const cuts = [];
      points.forEach((a, i) => {
        const b = points[(i + 1) % points.length];
        if ((a.y <= y + 0.5) !== (b.y <= y + 0.5))
          cuts.push(a.x + (y + 0.5 - a.y) * (b.x - a.x) / (b.y - a.y));
      });
      cuts.sort((a, b) => a - b);
      for (let i = 0; i + 1 < cuts.length; i += 2)
        this.#map.fill(this.#layer + 1, y * width + Math.max(0, Math.ceil(cuts[i] - 0.5)),
                       y * width + Math.min(width, Math.ceil(cuts[i + 1] - 0.5)));
    }
    this.#corners = [];
    this.#changed();
  }
  #key(e) {
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'z') {
      e.preventDefault();
      if (e.shiftKey)
        this.redo();
      else
        this.undo();
    } else if (e.key === 'Enter' && this.#corners.length) {
      e.preventDefault();
      this.#fill();
    } else if (e.key === 'Escape') {
      this.#corners = [];
      this.#paint();
    }
  }
}

export class CrowdSemanticSegmentation extends Segmentation {
  title(layer) { return layer.label; }
  // A layer a label; colours as they were given, else by order.
  begin(given) {
    return this.list.map((label, i) => ({ label, color: given.find((g) => g.label === label)?.color ?? palette[i % palette.length] }));
  }
  colorsOf(given) {
    return Object.entries(given.labelMappings ?? {}).map(([label, { color }]) => ({ label, color }))
      .filter((l) => known.test(l.color));
  }
  named(used) {
    return { labelMappings: Object.fromEntries(used.map(({ label, color }) => [label, { color }])) };
  }
}

export class CrowdInstanceSegmentation extends Segmentation {
  title(layer, at) {
    return `${layer.label} ${this.layers.slice(0, at + 1).filter((l) => l.label === layer.label).length}`;
  }
  begin(given) {
    const kept = given.filter((g) => this.list.includes(g.label));
    return kept.length ? kept : this.list.map((label, i) => ({ label, color: palette[i % palette.length] }));
  }
  colorsOf(given) {
    return (given.instances ?? []).filter((l) => known.test(l.color)).map(({ label, color }) => ({ label, color }));
  }
  named(used) { return { instances: used.map(({ color, label }) => ({ color, label })) }; }

  // Labels repeat, colours do not.
  adders(add) {
    const fresh = () => palette.find((c) => this.layers.every((l) => l.color !== c)) ??
      `#${(0x305070 + this.layers.length * 0x0b1d35 & 0xffffff).toString(16).padStart(6, '0')}`;
    return this.list.map((label) => el('p', {}, el('button', {
      type: 'button', class: 'link', onclick: () => add({ label, color: fresh() }) }, `Another ${label}`)));
  }
}
