// Choosing one or several categories for anything, or for an image (crowd-elements 5.1).
import { DATA, TEXT, dialog, el } from './base.js';
import { Work, takesDigits } from './work.js';
import { Picture } from './picture.js';

let groups = 0;

class Classifier extends Work {
  static attributes = { categories: DATA, header: TEXT, name: TEXT };
  static several = false;

  #chosen = new Set();
  #group = `category${++groups}`;

  get list() {
    const given = this.categories ?? [];
    if (!Array.isArray(given))
      throw new TypeError('categories is no list');
    return given.map((c) => (typeof c === 'object' && c ? c.label ?? c.text ?? JSON.stringify(c) : String(c)));
  }
  get exclusion() {
    const given = this.exclusionCategory;
    return given ? given.text ?? String(given) : '';
  }

  get value() {
    const answer = this.answer();
    return this.constructor.several ? answer : answer?.label ?? '';
  }
  set value(v) { this.restore(typeof v === 'string' ? { label: v } : v); }
  get _submittableValue() { return this.answer(); }

  draw(root) {
    const several = this.constructor.several, list = this.list;
    const all = this.exclusion ? [...list, this.exclusion] : list;
    for (const c of this.#chosen)
      if (!all.includes(c))
        this.#chosen.delete(c);
    const box = el('fieldset', {}, el('legend', {}, several ? 'Choose all that fit' : 'Choose one'),
      el('div', { class: 'category-picker-wrapper' }, ...all.map((c, i) => this.#choice(c, i))));
    this.region('classification-target');
    this.frame(root, this.middle(), [box, ...this.below()], ...this.more());
    takesDigits(this);
  }

  #choice(text, i) {
    const input = el('input', { type: this.constructor.several ? 'checkbox' : 'radio', name: this.#group, value: text });
    input.checked = this.#chosen.has(text);
    input.addEventListener('change', () => this.#choose(text, input.checked));
    return el('label', { class: 'choice' }, input, el('span', {}, text),
              i < 10 && el('kbd', { 'aria-hidden': 'true' }, String((i + 1) % 10)));
  }

  // The category that excludes all others, and they it.
  #choose(text, on) {
    if (!this.constructor.several || text === this.exclusion)
      this.#chosen.clear();
    else
      this.#chosen.delete(this.exclusion);
    this.#chosen[on ? 'add' : 'delete'](text);
    this.#show();
    this.showProblem('');
    this.tell('input', 'change');
  }
  #show() {
    for (const input of this.shadowRoot?.querySelectorAll(`input[name="${this.#group}"]`) ?? [])
      input.checked = this.#chosen.has(input.value);
  }

  digit(at) {
    const input = this.shadowRoot.querySelectorAll(`input[name="${this.#group}"]`)[at];
    if (input)
      this.#choose(input.value, this.constructor.several ? !input.checked : true);
  }

  middle() { return [el('slot', { name: 'classification-target' })]; }
  below() { return []; }
  more() { return []; }

  answer() {
    const chosen = [...this.list, this.exclusion].filter((c) => c && this.#chosen.has(c));
    if (this.constructor.several)
      return { labels: chosen };
    return chosen.length ? { label: chosen[0] } : undefined;
  }
  restore(kept) {
    this.#chosen = new Set([kept?.labels ?? kept?.label ?? []].flat().map(String));
    this.#show();
  }
  reset() { this.restore(null); }
  problem() {
    if (this.#chosen.size)
      return '';
    return this.constructor.several ? 'Choose at least one category.' : 'Choose one category.';
  }
}

export class CrowdClassifier extends Classifier { }

export class CrowdClassifierMultiSelect extends Classifier {
  static attributes = { ...Classifier.attributes, 'exclusion-category': DATA };
  static several = true;
}

// Moderation labels of another service: an ordinary choice of several (5.4).
export class CrowdModerationLabels extends CrowdClassifierMultiSelect {
  get list() { return super.list.map(String); }
}

// ---- of an image ----

class ImageClassifier extends Classifier {
  static attributes = { ...Classifier.attributes, src: TEXT, overlay: DATA };
  #picture = null;
  #comment = '';

  middle() {
    this.#picture = new Picture(this.src, () => drawOverlay(this.#picture, this.overlay));
    return [this.#picture.element, ...super.middle()];
  }

  // A word to the requester, where the template has asked for one.
  below() {
    const asked = this.querySelector(':scope > worker-comment');
    if (!asked)
      return [];
    return [el('p', {}, el('button', { type: 'button', class: 'link',
                                       onclick: () => this.shadowRoot.querySelector('.comment').showModal() },
                           asked.getAttribute('link-text') || 'Add a comment'))];
  }
  more() {
    const asked = this.querySelector(':scope > worker-comment');
    if (!asked)
      return [];
    this.region('worker-comment');
    const title = asked.getAttribute('header') || 'Add a comment';
    const text = el('textarea', { placeholder: asked.getAttribute('placeholder'), 'aria-label': title });
    text.value = this.#comment;
    text.addEventListener('input', () => { this.#comment = text.value; });
    text.addEventListener('change', () => this.tell('change'));
    const box = dialog(title, el('slot', { name: 'worker-comment' }), text);
    box.classList.add('comment');
    return [box];
  }

  answer() {
    const answer = super.answer(), comment = this.#comment.trim();
    return answer && comment ? { ...answer, workerComment: comment } : answer;
  }
  restore(kept) {
    super.restore(kept);
    this.#comment = kept?.workerComment ?? '';
    const text = this.shadowRoot?.querySelector('.comment textarea');
    if (text)
      text.value = this.#comment;
  }
  problem() { return this.#picture?.problem() || super.problem(); }
}

export class CrowdImageClassifier extends ImageClassifier { }

export class CrowdImageClassifierMultiSelect extends ImageClassifier {
  static attributes = { ...ImageClassifier.attributes, 'exclusion-category': DATA };
  static several = true;
}

// Work of others over the image, to be looked at only.
function drawOverlay(picture, overlay) {
  if (!overlay)
    return;
  const { boundingBox, semanticSegmentation, instanceSegmentation } = overlay;
  const labels = boundingBox?.labels ?? [];
  for (const box of boundingBox?.value ?? [])
    picture.drawBox(box, picture.color(Math.max(0, labels.indexOf(box.label))));
  const mask = (semanticSegmentation ?? instanceSegmentation)?.src;
  if (mask)
    picture.drawMask(mask);
}
