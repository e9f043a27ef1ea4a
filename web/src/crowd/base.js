// What all elements share: attributes as properties, a shadow root with our look, errors.
import { parseLoose } from './loose.js';

export const sheet = (css) => {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
};

const look = sheet(`
  :host { --accent: #3f46b5; --line: #b9b6ad; --bad: #b3261e; --soft: #f4f3ef; display: block;
          font-family: system-ui, sans-serif; font-size: 1rem; line-height: 1.5; color: #1f1e1b; }
  :host([hidden]) { display: none !important; }
  * { box-sizing: border-box; }
  .error { margin: .25rem 0 0; color: var(--bad); font-size: .9rem; }
  .error:empty { display: none; }
  button { font: inherit; cursor: pointer; }
  button:disabled { cursor: default; opacity: .55; }
  .plain { padding: .35rem .8rem; border: 1px solid var(--line); border-radius: 6px; background: #fff; color: inherit; }
  .plain:hover:not(:disabled) { background: var(--soft); }
  .plain[aria-pressed="true"] { border-color: var(--accent); background: #e9eafb; }
  .link { padding: 0; border: 0; background: none; color: var(--accent); text-decoration: underline; }
  :focus-visible { outline: 3px solid #8d93f0; outline-offset: 1px; }
  dialog { width: min(44rem, 94vw); max-height: 90vh; padding: 1.25rem; border: 0; border-radius: 10px;
           box-shadow: 0 10px 40px #0005; color: inherit; }
  dialog::backdrop { background: #0007; }
  dialog header { display: flex; justify-content: space-between; gap: 1rem; align-items: start; }
  h2 { margin: 0 0 .5rem; font-size: 1.15rem; }
  .bad-box { padding: .75rem 1rem; border: 1px solid var(--bad); border-radius: 6px; background: #fdecea; color: var(--bad); }
`);

const camel = (name) => name.replace(/-(.)/g, (_, c) => c.toUpperCase());

// Kinds of attributes: how they are read, and written by the property of the same name.
export const TEXT = { get: (e, n) => e.getAttribute(n) ?? '' };
export const FLAG = {
  get: (e, n) => e.hasAttribute(n),
  set: (e, n, v) => e.toggleAttribute(n, Boolean(v)),
};
export const number = (otherwise) => ({
  get: (e, n) => {
    const v = parseFloat(e.getAttribute(n));
    return Number.isNaN(v) ? otherwise : v;
  },
});
export const DATA = {
  get: (e, n) => {
    const text = e.getAttribute(n);
    return text === null || !text.trim() ? null : parseLoose(text);
  },
  set: (e, n, v) => e.setAttribute(n, typeof v === 'string' ? v : JSON.stringify(v)),
};

// Whether a class, or one between it and ours, has its own property of this name.
function written(prototype, property) {
  for (let p = prototype; p !== Crowd.prototype; p = Object.getPrototypeOf(p))
    if (Object.hasOwn(p, property))
      return true;
  return false;
}

function settable(object, property) {
  for (let p = Object.getPrototypeOf(object); p; p = Object.getPrototypeOf(p))
    if (Object.hasOwn(p, property))
      return Boolean(Object.getOwnPropertyDescriptor(p, property).set);
  return false;
}

// An element that something is drawn for. Subclasses have static attributes {name: kind} and draw().
export class Crowd extends HTMLElement {
  static attributes = {};
  static css = null;

  static get observedAttributes() {
    return Object.keys(this.attributes);
  }

  static define(name) {
    for (const [attribute, kind] of Object.entries(this.attributes)) {
      const property = camel(attribute);
      if (written(this.prototype, property))
        continue;
      Object.defineProperty(this.prototype, property, {
        configurable: true,
        get() { return kind.get(this, attribute); },
        set(v) {
          if (kind.set)
            kind.set(this, attribute, v);
          else if (v === null || v === undefined)
            this.removeAttribute(attribute);
          else
            this.setAttribute(attribute, String(v));
        },
      });
    }
    if (!customElements.get(name))
      customElements.define(name, this);
  }

  #drawn = false;

  connectedCallback() {
    if (this.#drawn)
      return;
    this.#drawn = true;
    this.adoptProperties();
    if (!this.shadowRoot)
      this.attachShadow({ mode: 'open', delegatesFocus: this.constructor.delegatesFocus ?? false });
    this.shadowRoot.adoptedStyleSheets = this.constructor.css ? [look, this.constructor.css] : [look];
    this.redraw();
  }

  // What a script set before the element was made one of ours hides our property.
  adoptProperties() {
    for (const name of Object.keys(this.constructor.attributes).map(camel).concat('value'))
      if (Object.hasOwn(this, name)) {
        const value = this[name];
        delete this[name];
        if (settable(this, name))
          this[name] = value;
      }
  }

  attributeChangedCallback(name, before, now) {
    if (this.#drawn && before !== now)
      this.changed(name);
  }

  changed() { this.redraw(); }

  // An attribute that can not be read shows so, in place of the element.
  redraw() {
    if (!this.shadowRoot)
      return;
    this.broken = '';
    try {
      this.draw(this.shadowRoot);
    } catch (e) {
      this.broken = `<${this.localName}> can not be shown: ${e.message}.`;
      this.shadowRoot.replaceChildren(el('p', { class: 'bad-box', role: 'alert' }, this.broken), el('slot'));
    }
  }

  // Regions are children of a given tag; each goes into the slot of its name.
  region(...tags) {
    let found = 0;
    for (const child of this.children)
      if (tags.includes(child.localName)) {
        child.slot = child.localName;
        found++;
      }
    return found;
  }

  // Why the form can not be submitted; "" when it can.
  problem() { return ''; }

  showProblem(words) {
    const place = this.shadowRoot?.querySelector('.error');
    if (place)
      place.textContent = words;
  }

  tell(...kinds) {
    for (const kind of kinds)
      this.dispatchEvent(new Event(kind, { bubbles: true, composed: true }));
  }
}

// An element with an answer under its name. Subclasses have answer(), undefined when there is none.
export class Answering extends Crowd {
  answer() { return undefined; }
  get value() { return this.answer(); }
  get _submittableValue() { return this.answer(); }
  // What the page's draft keeps (../draft.js): a text.
  get draft() { return JSON.stringify(this.answer() ?? null); }
  set draft(text) {
    try {
      this.restore(JSON.parse(text));
    } catch {
      // a draft of another shape: the task has changed since
    }
  }
  restore() { }
}

// An element with attributes and children; an attribute of false or null is left out, on… listens.
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  fill(made, attributes, children);
  return made;
}

const SVG = 'http://www.w3.org/2000/svg';
export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  fill(made, attributes, children);
  return made;
}

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on') && typeof value === 'function')
      made.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined)
      made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.filter((c) => c !== null && c !== undefined && c !== false));
}

// A dialog with a title and a button that closes it. Its place in a shadow root keeps the page's
// styles away from it.
export function dialog(title, ...children) {
  const made = el('dialog', { class: 'awsui-modal-dialog', 'aria-label': title || 'Dialog' },
    el('header', {}, el('h2', {}, title),
      el('button', { type: 'button', class: 'plain', onclick: () => made.close() }, 'Close')),
    ...children);
  return made;
}

// The crowd-form around an element, through shadow roots.
export function formOf(element) {
  for (let e = element; e; e = e.getRootNode().host) {
    const form = e.closest('crowd-form');
    if (form)
      return form;
  }
  return null;
}
