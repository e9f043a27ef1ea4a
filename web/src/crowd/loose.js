// Values of attributes as templates write them: JSON, but also single quotes, bare keys, trailing
// commas, comments and line breaks (crowd-elements 2.2). Read by hand, never run as a script.
export function parseLoose(text) {
  let at = 0;
  const fail = () => {
    throw new SyntaxError(`not a list or an object, at character ${at + 1}`);
  };
  const skip = () => {
    const space = /(?:\s+|\/\/[^\n]*|\/\*[^]*?\*\/)*/y;
    space.lastIndex = at;
    space.test(text);
    at = Math.max(at, space.lastIndex);
  };
  const escapes = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', 0: '\0' };

  function string() {
    const quote = text[at++];
    let out = '';
    while (at < text.length && text[at] !== quote) {
      if (text[at] !== '\\') {
        out += text[at++];
        continue;
      }
      const [, hex] = /^\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))/.exec(text.slice(at, at + 6)) ?? [];
      if (hex) {
        out += String.fromCharCode(parseInt(hex, 16));
        at += 6;
      } else {
        const c = text[at + 1] ?? '';
        out += c === '\n' ? '' : escapes[c] ?? c;
        at += 2;
      }
    }
    if (at >= text.length)
      fail();
    at++;
    return out;
  }

  // Members between an opening and a closing mark; a comma may stand behind the last.
  function members(close, one) {
    at++;
    for (skip(); text[at] !== close; skip()) {
      one();
      skip();
      if (text[at] === ',')
        at++;
      else if (text[at] !== close)
        fail();
    }
    at++;
  }

  function word() {
    const [found] = /^[^\s,:[\]{}'"]+/.exec(text.slice(at)) ?? fail();
    at += found.length;
    return found;
  }

  const words = { true: true, false: false, null: null, undefined: null };
  function value(depth) {
    skip();
    if (depth > 50)
      fail();
    if (text[at] === '[') {
      const list = [];
      members(']', () => list.push(value(depth + 1)));
      return list;
    }
    if (text[at] === '{') {
      const map = {};
      members('}', () => {
        const key = text[at] === '"' || text[at] === "'" ? string() : word();
        skip();
        if (text[at++] !== ':')
          fail();
        // A name like __proto__ is a name like any other.
        Object.defineProperty(map, key, { value: value(depth + 1), enumerable: true, writable: true,
                                          configurable: true });
      });
      return map;
    }
    if (text[at] === '"' || text[at] === "'")
      return string();
    const bare = word();
    if (Object.hasOwn(words, bare))
      return words[bare];
    const number = Number(bare);
    return Number.isNaN(number) ? fail() : number;
  }

  const found = value(0);
  skip();
  return at < text.length ? fail() : found;
}

// JSON with the keys of every object in alphabetical order, as all known answers have them (2.10).
export function sortedJson(value) {
  if (Array.isArray(value))
    return `[${value.map((v) => sortedJson(v ?? null)).join(',')}]`;
  if (!value || typeof value !== 'object')
    return JSON.stringify(value ?? null);
  const keys = Object.keys(value).filter((k) => value[k] !== undefined).sort();
  return `{${keys.map((k) => `${JSON.stringify(k)}:${sortedJson(value[k])}`).join(',')}}`;
}

// One field for each leaf, its name the path joined with "." (questions 5.2); lists stay whole.
export function flatten(value, path = '', out = []) {
  if (value === null || value === undefined)
    return out;
  if (typeof value === 'object' && !Array.isArray(value)) {
    for (const key of Object.keys(value).sort())
      flatten(value[key], path ? `${path}.${key}` : key, out);
  } else {
    out.push([path, Array.isArray(value) ? sortedJson(value) : String(value)]);
  }
  return out;
}
