// The layout editor: textarea[data-editor=html] gets line numbers, colours and search. The textarea
// stays the form's field. It stands in a shadow root, where its styles are adopted style sheets:
// the site's policy forbids inline ones. Tab leaves it, as it leaves every field.
import { html } from '@codemirror/lang-html';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { Decoration, EditorView, MatchDecorator, ViewPlugin } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { basicSetup } from 'codemirror';

// ${name}: a column of the input file.
const variables = new MatchDecorator({
  regexp: /\$\{[^}\n]*\}/g,
  decoration: Decoration.mark({ class: 'cm-variable' }),
});

const showVariables = ViewPlugin.fromClass(class {
  constructor(view) {
    this.decorations = variables.createDeco(view);
  }

  update(change) {
    this.decorations = variables.updateDeco(change, this.decorations);
  }
}, { decorations: (plugin) => plugin.decorations });

const theme = EditorView.theme({
  '&': { color: 'var(--ink)', backgroundColor: 'var(--surface)', fontSize: 'var(--small)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6', minHeight: '20rem', maxHeight: '75vh' },
  '.cm-content': { caretColor: 'var(--ink)', padding: '.5rem 0' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': { color: 'var(--ink-soft)', backgroundColor: 'var(--sunken)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--accent-soft) 45%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--accent-soft)', color: 'var(--accent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, ::selection':
    { backgroundColor: 'var(--accent-line) !important' },
  '.cm-variable, .cm-variable *': { color: 'var(--accent) !important', fontWeight: '600' },
  '.cm-variable': { backgroundColor: 'var(--accent-soft)', borderRadius: '3px' },
  '.cm-panels': { color: 'var(--ink)', backgroundColor: 'var(--sunken)', borderColor: 'var(--line)' },
  '.cm-textfield': { color: 'var(--ink)', backgroundColor: 'var(--surface)', border: '1px solid var(--line-firm)', borderRadius: '4px' },
  '.cm-button': { color: 'var(--ink)', backgroundColor: 'var(--surface)', backgroundImage: 'none', border: '1px solid var(--line-firm)', borderRadius: '4px' },
  '.cm-tooltip': { color: 'var(--ink)', backgroundColor: 'var(--raised)', border: '1px solid var(--line)', borderRadius: '5px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { color: 'var(--on-fill)', backgroundColor: 'var(--accent-fill)' },
  '.cm-searchMatch': { backgroundColor: 'var(--warn-soft)', outline: '1px solid var(--warn-line)' },
  '.cm-matchingBracket': { backgroundColor: 'var(--accent-soft) !important' },
});

const colours = HighlightStyle.define([
  { tag: [tags.tagName, tags.angleBracket, tags.keyword], color: 'var(--accent)' },
  { tag: [tags.attributeName, tags.propertyName], color: 'var(--warn)' },
  { tag: [tags.attributeValue, tags.string], color: 'var(--good)' },
  { tag: [tags.comment, tags.meta], color: 'var(--ink-soft)', fontStyle: 'italic' },
  { tag: [tags.number, tags.bool, tags.invalid], color: 'var(--bad)' },
]);

function enhance(area) {
  const host = document.createElement('div');
  host.className = 'editor';
  const root = host.attachShadow({ mode: 'open', delegatesFocus: true });
  const label = area.labels[0]?.textContent.trim() ?? 'Layout';
  area.hidden = true;
  area.after(host); // first, so that lines are measured as wide as they will be
  const view = new EditorView({
    doc: area.value,
    parent: root,
    root,
    extensions: [
      basicSetup,
      html(),
      theme,
      syntaxHighlighting(colours),
      showVariables,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label }),
      EditorView.editable.of(!area.readOnly && !area.disabled),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged)
          return;
        area.value = update.state.doc.toString();
        area.dispatchEvent(new Event('input', { bubbles: true }));
      }),
    ],
  });
  area.hidden = true;
  area.after(host);
  area.labels[0]?.addEventListener('click', () => view.focus());
  return view;
}

// A link with data-line (and data-column) beside a finding goes to that place.
function goTo(view, line, column) {
  const at = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
  const pos = Math.min(at.from + Math.max(column - 1, 0), at.to);
  view.dispatch({ selection: { anchor: pos }, effects: EditorView.scrollIntoView(pos, { y: 'center' }) });
  view.focus();
}

const views = [...document.querySelectorAll('textarea[data-editor="html"]')].map(enhance);

document.addEventListener('click', (event) => {
  const link = event.target.closest('[data-line]');
  if (!link || !views.length)
    return;
  event.preventDefault();
  goTo(views[0], Number(link.dataset.line), Number(link.dataset.column) || 1);
});
