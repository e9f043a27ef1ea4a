// Within a task's own document, from the content listener: tells the page around it what the worker
// has entered, and fills it in again (worker-site 5, "Draft"). That page keeps it; nothing of the
// site can be reached from here. A task of a foreign address can speak the same messages; the
// manual describes them ("Drafts").
//
// A classic script, so that document.currentScript tells which page to speak to.
(() => {
  const site = document.currentScript.dataset.site;
  if (window.parent === window)
    return;
  const left = new Set(['password', 'hidden', 'file', 'submit', 'button', 'image', 'reset']);
  const ticked = (element) => element.type === 'checkbox' || element.type === 'radio';

  // Our crowd elements keep their answer as one text (crowd/base.js).
  const crowd = (element) => element.localName.startsWith('crowd-');
  const controls = () => [...document.querySelectorAll('input, textarea, select, [name]')]
    .filter((element) => (crowd(element) ? element.name && typeof element.draft === 'string'
      : element.matches('input, textarea, select') && element.name && !left.has(element.type)));

  function values() {
    const found = {};
    for (const element of controls()) {
      const list = found[element.name] ??= [];
      if (crowd(element))
        list.push(element.draft);
      else if (element.multiple && element.options)
        list.push(...[...element.selectedOptions].map((option) => option.value));
      else if (!ticked(element) || element.checked)
        list.push(element.value);
    }
    return found;
  }

  const touched = new Set(); // what the worker has changed already is not put back

  function restore(kept) {
    const next = {};
    for (const element of controls()) {
      if (touched.has(element.name))
        continue;
      const list = Object.hasOwn(kept, element.name) && kept[element.name];
      if (!Array.isArray(list))
        continue;
      if (!crowd(element) && ticked(element))
        element.checked = list.includes(element.value);
      else if (element.multiple && element.options)
        for (const option of element.options)
          option.selected = list.includes(option.value);
      else {
        const at = next[element.name] = (next[element.name] ?? -1) + 1;
        if (at >= list.length)
          continue;
        if (crowd(element)) {
          element.draft = list[at];
          continue;
        }
        element.value = list[at];
      }
      for (const kind of ['input', 'change'])
        element.dispatchEvent(new Event(kind, { bubbles: true }));
    }
  }

  let timer = 0;
  const tell = (what) => window.parent.postMessage({ draft: what, values: values() }, site);
  function changed(event) {
    if (!event.isTrusted && !crowd(event.target))
      return;
    touched.add(event.target.name);
    clearTimeout(timer);
    timer = setTimeout(tell, 500, 'changed');
  }
  addEventListener('input', changed, true);
  addEventListener('change', changed, true);

  // Ready after the document's own scripts have made its form; the page around it asks when it was
  // the later one.
  addEventListener('load', () => tell('ready'));
  addEventListener('message', (event) => {
    if (event.source !== window.parent || event.origin !== site)
      return;
    if (event.data?.draft === 'kept')
      restore(event.data.values);
    if (event.data?.draft === 'ask' && document.readyState === 'complete')
      tell('ready');
  });
})();
