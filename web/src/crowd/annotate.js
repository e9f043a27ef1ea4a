// Boxes, polygons, lines and points drawn on an image (crowd-elements 5.2).
import { DATA, TEXT, el, svg } from './base.js';
import { Picture, palette } from './picture.js';
import { kinds } from './shapes.js';
import { Work, takesDigits } from './work.js';

let groups = 0;

// A choice of labels as radio buttons with their colours; shared with segmentation.
export function labelChoices(group, labels, colors, chosen, choose) {
  return el('fieldset', {}, el('legend', {}, 'Labels'),
    el('div', { class: 'choices' }, ...labels.map((label, i) => {
      const input = el('input', { type: 'radio', name: group, value: label });
      input.checked = label === chosen;
      input.addEventListener('change', () => choose(label));
      const dot = el('span', { 'aria-hidden': 'true' });
      dot.style.cssText = `flex: none; width: .9rem; height: .9rem; border-radius: 50%; background: ${colors[i]}`;
      return el('label', { class: 'choice' }, input, dot, el('span', {}, label),
                i < 10 && el('kbd', { 'aria-hidden': 'true' }, String((i + 1) % 10)));
    })));
}

class Annotation extends Work {
  static attributes = { header: TEXT, 'initial-value': DATA, labels: DATA, name: TEXT, src: TEXT };

  #group = `label${++groups}`;
  #picture = null;
  #label = null;
  #shapes = [];
  #selected = -1;
  #open = null; // the shape that is being drawn
  #drag = null;
  #past = [];
  #future = [];
  #begun = false;
  #modified = false;

  get kind() { return kinds[this.constructor.kind]; }
  get list() {
    const given = this.labels ?? [];
    if (!Array.isArray(given))
      throw new TypeError('labels is no list');
    return given.map(String);
  }
  get colors() {
    const given = this.labelColors;
    return this.list.map((_, i) => given?.[i] ?? palette[i % palette.length]);
  }

  // ---- what was drawn ----

  answer() {
    if (!this.#picture?.width)
      return undefined;
    return { [this.kind.key]: this.#shapes.map((s) => this.kind.answer(s)), inputImageProperties: this.#picture.size,
             ...(this.initialValue ? { initialValueModified: this.#modified } : {}) };
  }
  restore(kept) {
    if (!Array.isArray(kept?.[this.kind.key]))
      return;
    this.#begun = true;
    this.#modified = Boolean(kept.initialValueModified);
    this.#take(kept[this.kind.key]);
    this.#paint();
  }
  #take(given) {
    const labels = this.list;
    this.#shapes = given.filter((g) => labels.includes(g.label)).map(this.kind.from)
      .map((s) => ({ ...s, points: s.points.map((p) => ({ x: Math.round(p.x), y: Math.round(p.y) })) }));
  }
  reset() {
    this.#change(() => this.#take(this.#initial()));
    this.#modified = false;
  }
  #initial() {
    const given = this.initialValue;
    return Array.isArray(given) ? given : given?.[this.kind.key] ?? [];
  }

  problem() {
    const broken = this.#picture?.problem();
    if (broken)
      return broken;
    if (this.#open)
      return `The last ${this.kind.words} is not finished: press Enter to end it, or Escape to drop it.`;
    const box = this.shadowRoot.querySelector('.nothing');
    box.hidden = this.#shapes.length > 0;
    return box.hidden || box.querySelector('input').checked ? ''
      : 'Nothing is marked. Is there really nothing to mark? Then tick the box below.';
  }

  // Every change can be undone, also by Ctrl-Z.
  #change(act) {
    this.#past.push(structuredClone(this.#shapes));
    this.#future.length = 0;
    act();
    this.#changed();
  }
  #changed() {
    this.#modified = true;
    this.#selected = Math.min(this.#selected, this.#shapes.length - 1);
    this.showProblem('');
    this.#paint();
    this.tell('input', 'change');
  }
  #step(from, to) {
    if (this.#open) {
      this.#open.points.pop();
      if (!this.#open.points.length)
        this.#open = null;
      this.#paint();
    } else if (from.length) {
      to.push(structuredClone(this.#shapes));
      this.#shapes = from.pop();
      this.#changed();
    }
  }
  undo() { this.#step(this.#past, this.#future); }
  redo() { this.#step(this.#future, this.#past); }

  // ---- the page of it ----

  draw(root) {
    const labels = this.list;
    if (!labels.includes(this.#label))
      this.#label = labels.length === 1 ? labels[0] : null;
    if (!this.#picture || this.#picture.image.getAttribute('src') !== this.src)
      this.#newPicture();
    const button = (words, act, name) =>
      el('button', { type: 'button', class: `plain ${name ?? ''}`, onclick: act }, words);
    const tools = el('div', { class: 'tools', role: 'toolbar', 'aria-label': 'Drawing' },
      button('Undo', () => this.undo()), button('Redo', () => this.redo()),
      button('Delete', () => this.#delete(), 'delete'),
      button(`Put a ${this.kind.words} in the middle`, () => this.#putPlain()));
    const nothing = el('p', { class: 'nothing', hidden: true },
      el('label', {}, el('input', { type: 'checkbox' }), ' Nothing to label'));
    this.frame(root, [el('p', { class: 'hint' }, this.kind.hint), tools, this.#picture.element, nothing],
      [labelChoices(this.#group, labels, this.colors, this.#label, (l) => this.#choose(l)),
       el('h3', {}, 'Marked'), el('ol', { class: 'marked' })]);
    takesDigits(this);
    this.#paint();
  }

  #newPicture() {
    const picture = new Picture(this.src, () => {
      if (!this.#begun)
        this.#take(this.#initial());
      this.#begun = true;
      this.#paint();
    });
    picture.onscale = () => this.#paint();
    const view = picture.view;
    view.setAttribute('aria-label', `Image. Arrow keys move what is selected, with Alt they change its size.`);
    view.addEventListener('pointerdown', (e) => this.#down(e));
    view.addEventListener('pointermove', (e) => this.#move(e));
    view.addEventListener('pointerup', (e) => this.#up(e));
    view.addEventListener('dblclick', () => this.#finish());
    view.addEventListener('keydown', (e) => this.#key(e));
    this.#picture = picture;
  }

  #choose(label) {
    this.#label = label;
    for (const input of this.shadowRoot.querySelectorAll(`input[name="${this.#group}"]`))
      input.checked = input.value === label;
    const shape = this.#shapes[this.#selected];
    if (shape && shape.label !== label && !this.#open)
      this.#change(() => { shape.label = label; });
    this.showProblem('');
  }
  digit(at) {
    if (this.list[at] !== undefined)
      this.#choose(this.list[at]);
  }

  #colorOf(label) { return this.colors[this.list.indexOf(label)] ?? '#555'; }
  // So many pixels of the image as look like n on the screen.
  #seen(n) { return n / this.#picture.zoom; }

  #paint() {
    const p = this.#picture, marked = this.shadowRoot?.querySelector('.marked');
    if (!p || !p.width || !marked)
      return;
    const parts = [], nothing = this.shadowRoot.querySelector('.nothing');
    nothing.hidden ||= this.#shapes.length > 0;
    this.#shapes.forEach((shape, i) => {
      const color = this.#colorOf(shape.label), mark = this.kind.draw(shape, color, this.#seen(6));
      mark.classList.add('shape');
      mark.dataset.at = i;
      mark.append(svg('title', {}, shape.label));
      parts.push(mark);
      if (i === this.#selected)
        parts.push(...shape.points.map((q, j) => this.#handle(q, j, color)));
    });
    if (this.#open) {
      const points = this.#open.ahead ? [...this.#open.points, this.#open.ahead] : this.#open.points;
      const color = this.#colorOf(this.#open.label);
      parts.push(svg('polyline', { points: points.map((q) => `${q.x},${q.y}`).join(' '), fill: 'none', stroke: color,
                                   'stroke-width': 3, 'stroke-dasharray': '6 4', 'vector-effect': 'non-scaling-stroke' }),
                 ...this.#open.points.map((q) => this.#handle(q, -1, color)));
    }
    p.drawing.replaceChildren(...parts);
    marked.replaceChildren(...this.#shapes.map((shape, i) => el('li', {},
      el('button', { type: 'button', class: 'link', 'aria-pressed': String(i === this.#selected),
                     onclick: () => this.#select(i) }, shape.label))));
  }
  #handle(q, j, color) {
    return svg('circle', { cx: q.x, cy: q.y, r: this.#seen(6), fill: '#fff', stroke: color, 'stroke-width': 2,
                           'vector-effect': 'non-scaling-stroke', 'data-point': j, class: 'handle' });
  }

  #select(i) {
    this.#selected = i;
    this.#paint();
  }
  #delete() {
    if (this.#selected >= 0)
      this.#change(() => this.#shapes.splice(this.#selected, 1));
  }
  #putPlain() {
    if (this.#picture.width && this.#needsLabel())
      this.#add({ label: this.#label, points: this.kind.plain(this.#picture.size) });
    this.#picture.view.focus();
  }
  #needsLabel() {
    if (this.#label !== null)
      return true;
    this.showProblem('Choose a label first.');
    return false;
  }
  #add(shape) {
    this.#change(() => this.#shapes.push(shape));
    this.#select(this.#shapes.length - 1);
    if (this.kind.labelEachTime && this.list.length > 1) {
      this.#label = null;
      for (const input of this.shadowRoot.querySelectorAll(`input[name="${this.#group}"]`))
        input.checked = false;
    }
  }

  // ---- by pointer ----

  #near(a, b) { return Math.hypot(a.x - b.x, a.y - b.y) <= this.#seen(9); }

  #down(e) {
    if (e.button || !this.#picture.width || e.target === this.#picture.view)
      return;
    const at = this.#picture.point(e), target = e.target;
    this.#picture.view.focus({ preventScroll: true });
    this.#picture.view.setPointerCapture(e.pointerId);
    e.preventDefault();
    if (this.#open)
      return this.#next(at);
    if (target.classList?.contains('handle'))
      this.#drag = { from: at, point: Number(target.dataset.point), before: structuredClone(this.#shapes) };
    else if (target.classList?.contains('shape') && !e.shiftKey) {
      this.#select(Number(target.dataset.at));
      this.#drag = { from: at, point: -1, before: structuredClone(this.#shapes) };
    } else {
      this.#begin(at);
    }
  }
  #begin(at) {
    this.#selected = -1;
    this.#paint();
    if (!this.#needsLabel())
      return;
    this.#open = { label: this.#label, points: [at] };
    if (this.kind.drag)
      this.#drag = { from: at, drawing: true };
    else if (this.kind.most === 1)
      this.#finish();
    this.#paint();
  }
  // The next point of a shape of several; at the first or the last again it is finished.
  #next(at) {
    const points = this.#open.points;
    const ends = points.length >= this.kind.least &&
      this.#near(at, this.kind.closed ? points[0] : points[points.length - 1]);
    if (ends)
      return this.#finish();
    if (this.#near(at, points[points.length - 1]))
      return undefined;
    points.push(at);
    if (points.length === this.kind.most)
      return this.#finish();
    return this.#paint();
  }
  #finish() {
    const shape = this.#open;
    if (!shape || shape.points.length < this.kind.least)
      return;
    if (!this.kind.fine(shape)) {
      this.showProblem(this.kind.why ?? '');
      return;
    }
    this.#open = null;
    this.#add({ label: shape.label, points: shape.points });
  }

  #move(e) {
    const drag = this.#drag, at = this.#picture.point(e);
    if (!drag) {
      if (this.#open) {
        this.#open.ahead = at;
        this.#paint();
      }
      return;
    }
    if (drag.drawing) {
      this.#open.points[1] = at;
      this.#paint();
      return;
    }
    this.#shapes[this.#selected] = this.#moved(drag.before[this.#selected], drag.point,
                                               at.x - drag.from.x, at.y - drag.from.y);
    this.#paint();
  }
  #moved(shape, point, dx, dy) {
    const { width, height } = this.#picture.size, { points } = shape;
    if (point < 0) { // as a whole: it stays inside
      const within = (axis, by, most) => Math.max(-Math.min(...points.map((p) => p[axis])),
        Math.min(most - Math.max(...points.map((p) => p[axis])), by));
      dx = within('x', dx, width);
      dy = within('y', dy, height);
    }
    const clip = (v, most) => Math.min(most, Math.max(0, v));
    return { ...shape, points: points.map((p, i) => (point < 0 || i === point
      ? { x: clip(p.x + dx, width), y: clip(p.y + dy, height) } : p)) };
  }
  #up(e) {
    const drag = this.#drag;
    this.#drag = null;
    if (!drag)
      return;
    if (drag.drawing) {
      if (this.#open.points.length === 2 && this.kind.fine(this.#open))
        this.#finish();
      else
        this.#open = null;
      this.#paint();
    } else if (!this.kind.fine(this.#shapes[this.#selected])) {
      this.#shapes = drag.before;
      this.showProblem(this.kind.why ?? '');
      this.#paint();
    } else if (!this.#near(drag.from, this.#picture.point(e))) {
      this.#past.push(drag.before);
      this.#future.length = 0;
      this.#changed();
    }
  }

  // ---- by keyboard ----

  #key(e) {
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'z') {
      e.preventDefault();
      if (e.shiftKey)
        this.redo();
      else
        this.undo();
    } else if (e.key === 'Enter') {
      e.preventDefault();
      this.#finish();
    } else if (e.key === 'Escape') {
      this.#open = null;
      this.#select(-1);
    } else if (e.key === 'Delete' || e.key === 'Backspace') {
      this.#delete();
    } else if (arrows[e.key] && this.#selected >= 0) {
      e.preventDefault();
      const [dx, dy] = arrows[e.key], by = e.shiftKey ? 10 : 1, shape = this.#shapes[this.#selected];
      const next = this.#moved(shape, e.altKey ? shape.points.length - 1 : -1, dx * by, dy * by);
      if (this.kind.fine(next))
        this.#change(() => { this.#shapes[this.#selected] = next; });
    }
  }
}

export class CrowdBoundingBox extends Annotation { static kind = 'box'; }
export class CrowdPolygon extends Annotation { static kind = 'polygon'; }
export class CrowdKeypoint extends Annotation { static kind = 'keypoint'; }

class ColoredAnnotation extends Annotation {
  static attributes = { ...Annotation.attributes, 'label-colors': DATA };
}
export class CrowdPolyline extends ColoredAnnotation { static kind = 'polyline'; }
export class CrowdLine extends ColoredAnnotation { static kind = 'line'; }
