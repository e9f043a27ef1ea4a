// An image with a drawing over it: zoom, pan, and coordinates in pixels of the natural image
// whatever the zoom (crowd-elements 2.7, 5.2).
import { el, svg } from './base.js';

export const palette = ['#1f77b4', '#ff7f0e', '#2ca02c', '#d62728', '#9467bd', '#8c564b', '#e377c2',
                        '#7f7f7f', '#bcbd22', '#17becf'];

export class Picture {
  width = 0;
  height = 0;
  zoom = 1;
  failed = false;

  // loaded: called once the size is known.
  constructor(src, loaded) {
    this.image = el('img', { alt: 'The image of this task', draggable: 'false' });
    this.drawing = svg('svg', { class: 'drawing' });
    this.canvas = el('canvas', { class: 'upper-canvas' });
    this.sheet = el('div', { class: 'sheet' }, this.image, this.canvas, this.drawing);
    this.view = el('div', { class: 'view', tabindex: '0', role: 'application', 'aria-label': 'Image' }, this.sheet);
    const button = (words, title, act) =>
      el('button', { type: 'button', class: 'plain', title, 'aria-label': title, onclick: act }, words);
    this.tools = el('div', { class: 'tools', role: 'toolbar', 'aria-label': 'Image' },
      button('−', 'Zoom out', () => this.scale(this.zoom / 1.25)),
      button('+', 'Zoom in', () => this.scale(this.zoom * 1.25)),
      button('Fit', 'Fit the image into its place', () => this.fit()));
    this.element = el('div', { class: 'picture' }, look(), this.tools, this.view);
    this.image.addEventListener('load', () => {
      this.width = this.image.naturalWidth;
      this.height = this.image.naturalHeight;
      this.drawing.setAttribute('viewBox', `0 0 ${this.width} ${this.height}`);
      this.canvas.width = this.width;
      this.canvas.height = this.height;
      this.fit();
      loaded?.();
    });
    this.image.addEventListener('error', () => this.fail());
    if (src)
      this.image.src = src;
    else
      this.fail();
  }

  fail() {
    this.failed = true;
    this.view.replaceChildren(el('p', { class: 'bad-box', role: 'alert' },
      'The image can not be loaded. Report this task, or return it: neither touches your approval rate.'));
  }

  problem() {
    if (this.failed)
      return 'The image could not be loaded, so there is nothing to submit.';
    return this.width ? '' : 'The image is still being loaded.';
  }

  color(i) { return palette[i % palette.length]; }

  fit() {
    const room = this.view.clientWidth || 600;
    this.scale(Math.min(room / this.width, 560 / this.height, 4));
  }
  scale(zoom) {
    if (!this.width)
      return;
    this.zoom = Math.min(16, Math.max(0.05, zoom));
    this.sheet.style.width = `${this.width * this.zoom}px`;
    this.sheet.style.height = `${this.height * this.zoom}px`;
    this.onscale?.();
  }

  // Where a pointer is, in pixels of the image and inside it.
  point(event, whole = true) {
    const at = this.sheet.getBoundingClientRect();
    const x = (event.clientX - at.left) / at.width * this.width;
    const y = (event.clientY - at.top) / at.height * this.height;
    const within = (v, most) => Math.min(most, Math.max(0, whole ? Math.round(v) : v));
    return { x: within(x, this.width), y: within(y, this.height) };
  }

  get size() { return { height: this.height, width: this.width }; }

  drawBox({ left, top, width, height, label }, color) {
    this.drawing.append(svg('rect', { x: left, y: top, width, height, fill: 'none', stroke: color,
                                      'stroke-width': 2, 'vector-effect': 'non-scaling-stroke' },
                            svg('title', {}, label ?? '')));
  }
  drawMask(src) {
    this.drawing.append(svg('image', { href: src, x: 0, y: 0, width: this.width, height: this.height,
                                       opacity: '.55' }));
  }
}

// A style of its own, so that it goes wherever the picture is put.
function look() {
  return el('style', {}, `
    .picture { margin-bottom: .75rem; }
    .tools { display: flex; flex-wrap: wrap; gap: .35rem; margin-bottom: .5rem; }
    .view { max-height: 36rem; overflow: auto; border: 1px solid var(--line); border-radius: 6px; background: #e9e7e1; touch-action: none; }
    .sheet { position: relative; overflow: hidden; }
    .sheet > * { position: absolute; inset: 0; width: 100%; height: 100%; }
    .sheet > img { user-select: none; image-rendering: auto; }
    .sheet > .upper-canvas { pointer-events: none; }
    .drawing { overflow: visible; }
  `);
}
