// What a worker has entered into a task, kept until it is submitted: at once in this browser, and
// every 20 s on the server. The task's document tells it by messages (draft.js). It is a stranger's
// program: its messages count only when they come from the frame, and what they hold is kept as it
// is and given back to that frame only, while it shows what the site has put into it.
const form = document.querySelector('form.kept');
const frame = document.querySelector('iframe.task-frame');

const EVERY = 20_000, LOCAL_EVERY = 1_000, MOST = 256 * 1024, MEMORY = 30 * 86_400_000;
const PREFIX = 'hitd.draft.';

// The browser's memory may be forbidden or full: then the server's has to do.
function stored(action) {
  try {
    return action(localStorage);
  } catch {
    return null;
  }
}

function names() {
  return stored((memory) => Object.keys(memory).filter((name) => name.startsWith(PREFIX))) ?? [];
}

function read(name) {
  return stored((memory) => JSON.parse(memory.getItem(name)));
}

function well(values) {
  return values !== null && typeof values === 'object' && !Array.isArray(values) &&
    Object.values(values).every((list) =>
      Array.isArray(list) && list.every((value) => typeof value === 'string'));
}

if (form && frame) {
  const name = PREFIX + form.dataset.task;
  const note = document.querySelector('.kept-note');
  const over = form.dataset.over === 'yes';
  const origin = new URL(frame.src).origin;
  let latest = null;     // what was told last and is not on the server yet
  let local = 0, remote = 0; // timers

  const say = (words) => { if (note) note.textContent = words; };

  // What only this browser knows is newer than what the server has.
  function known() {
    const here = read(name);
    if (here?.values && well(here.values))
      return here.values;
    const there = form.elements.values.value;
    return there ? JSON.parse(there) : null;
  }

  // Only here a message is looked at: a flood of them costs no more than one.
  function text() {
    const words = latest !== null && well(latest) ? JSON.stringify(latest) : null;
    if (words?.length <= MOST)
      return words;
    if (words)
      say('Too large to be kept');
    latest = null;
    return null;
  }

  function keepHere() {
    local = 0;
    const words = text();
    if (words)
      stored((memory) => memory.setItem(name, `{"at":${Date.now()},"values":${words}}`));
  }

  async function keepThere(leaving) {
    clearTimeout(remote);
    remote = 0;
    const sent = latest, words = text();
    if (!words)
      return;
    try {
      const answer = await fetch(form.action, {
        method: 'POST',
        keepalive: leaving && words.length < 60_000,
        headers: {
          Accept: 'application/json',
          'X-CSRF-Token': form.elements.csrf_token.value,
        },
        body: new URLSearchParams({ values: words }),
      });
      if (!answer.ok)
        return say(answer.status === 413 ? 'Too large to be kept' : 'Not kept on the server');
      say('Draft kept');
      if (latest === sent) {
        latest = null;
        stored((memory) => memory.removeItem(name));
      }
    } catch {
      say('Kept in this browser only');
      remote = setTimeout(keepThere, EVERY);
    }
  }

  function told(values) {
    if (over)
      return;
    latest = values;
    local ||= setTimeout(keepHere, LOCAL_EVERY);
    remote ||= setTimeout(keepThere, EVERY);
  }

  addEventListener('message', (event) => {
    if (event.source !== frame.contentWindow || event.origin !== origin)
      return;
    if (event.data?.draft === 'changed')
      told(event.data.values);
    if (event.data?.draft === 'ready') {
      const values = known();
      if (values)
        event.source.postMessage({ draft: 'kept', values }, event.origin);
    }
  });
  frame.contentWindow.postMessage({ draft: 'ask' }, '*'); // it may have been ready first

  // The frame's answer page: it is submitted, there is nothing to keep.
  addEventListener('message', (event) => {
    if (event.origin !== location.origin || event.data?.submitted !== form.dataset.task)
      return;
    latest = null;
    clearTimeout(local);
    clearTimeout(remote);
    stored((memory) => memory.removeItem(name));
  });
  addEventListener('pagehide', () => {
    keepHere();
    keepThere(true);
  });
}

// Old ones go, and all of them when the worker leaves this browser to somebody else.
for (const name of names())
  if (!(read(name)?.at > Date.now() - MEMORY))
    stored((memory) => memory.removeItem(name));
addEventListener('submit', (event) => {
  if (new URL(event.target.action).pathname === '/sign-out')
    for (const name of names())
      stored((memory) => memory.removeItem(name));
});
