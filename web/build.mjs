// Bundles styles, browser code, fonts and icons into files that tools/embed puts into the program.
//
//     node build.mjs OUT_DIR LIST DEPFILE
//
// Writes OUT_DIR/NAME.HASH.EXT, and LIST with a line for each: the name that pages use, the file's
// name, its media type and its path, separated by tabs. The hash is of the content, so an address
// never changes what it means and may be cached for ever. Takes what package-lock.json names
// first, when that is not there yet.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const web = path.dirname(fileURLToPath(import.meta.url));
const pages = path.join(web, '..', 'pages');
const modules = path.join(web, 'node_modules');

const types = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

function fail(words) {
  console.error(words);
  process.exit(1);
}

function takeModules() {
  const lock = fs.readFileSync(path.join(web, 'package-lock.json'));
  const taken = path.join(modules, '.taken');
  if (fs.existsSync(taken) && fs.readFileSync(taken).equals(lock))
    return;
  try {
    execFileSync('npm', ['ci', '--prefix', web, '--loglevel=error', '--ignore-scripts'],
                 { stdio: ['ignore', 'ignore', 'inherit'] });
  } catch {
    fail('npm has failed to take what web/package-lock.json names; see above');
  }
  fs.writeFileSync(taken, lock);
}

// Names of the icons that pages use, each with the place that asks for it first.
function iconNames() {
  const names = new Map();
  const note = (file, pattern) => {
    fs.readFileSync(file, 'utf8').split('\n').forEach((line, i) => {
      for (const [, name] of line.matchAll(pattern))
        if (!names.has(name))
          names.set(name, `${path.relative(path.join(web, '..'), file)}:${i + 1}`);
    });
  };
  note(path.join(web, 'icons', 'names.txt'), /^([a-z0-9-]+)/g);
  for (const file of pageFiles())
    note(file, /\{%\s*icon\s+([a-z0-9-]+)\s*%\}/g);
  return names;
}

function pageFiles() {
  if (!fs.existsSync(pages))
    return [];
  return fs.readdirSync(pages).filter((f) => f.endsWith('.html')).sort()
    .map((f) => path.join(pages, f));
}

// Our own icons stand in web/icons; all others are lucide's.
function iconFile(name, place) {
  const dirs = [path.join(web, 'icons'), path.join(modules, 'lucide-static', 'icons')];
  for (const dir of dirs) {
    const file = path.join(dir, `${name}.svg`);
    if (fs.existsSync(file))
      return file;
  }
  return fail(`${place}: there is no icon ${name}; the names are those of lucide.dev`);
}

function sprite(inputs) {
  let out = '<svg xmlns="http://www.w3.org/2000/svg">\n';
  for (const [name, place] of [...iconNames()].sort()) {
    const file = iconFile(name, place);
    inputs.add(file);
    const svg = fs.readFileSync(file, 'utf8');
    const inner = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'));
    out += `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" ` +
      `stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">` +
      `${inner.replace(/\s*\n\s*/g, '')}</symbol>\n`;
  }
  return `${out}</svg>\n`;
}

// The licences of what is embedded ask to be passed on with it.
function licences(files) {
  const named = new Map();
  for (const file of files) {
    const [, name] = file.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//) ?? [];
    if (name && !named.has(name))
      named.set(name, fs.readFileSync(licenceFile(path.join(modules, name)), 'utf8'));
  }
  return [...named].sort().map(([name, text]) => `${name}\n\n${text.trim()}\n`)
    .join(`\n${'-'.repeat(72)}\n\n`);
}

function licenceFile(dir) {
  const name = fs.readdirSync(dir).find((f) => /^licen[cs]e/i.test(f));
  return name ? path.join(dir, name) : fail(`${dir} has no licence file`);
}

const [out, list, depfile] = process.argv.slice(2);
if (!depfile)
  fail('usage: node build.mjs OUT_DIR LIST DEPFILE');
takeModules();
const esbuild = await import('esbuild');

fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });
const options = {
  absWorkingDir: web,
  outdir: path.resolve(out),
  entryNames: '[name].[hash]',
  assetNames: '[name].[hash]',
  publicPath: '/static/',
  bundle: true,
  minify: true,
  target: ['chrome123', 'firefox121', 'safari17.5'],
  loader: { '.woff2': 'file', '.svg': 'file' },
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};
const inputs = new Set(), files = [];
async function bundle(format, entryPoints) {
  const { metafile } = await esbuild.build({ ...options, format, entryPoints })
    .catch(() => process.exit(1));
  Object.keys(metafile.inputs).forEach((f) => inputs.add(path.resolve(web, f)));
  Object.keys(metafile.outputs).forEach((f) => files.push(path.resolve(web, f)));
}
await bundle('esm', ['styles/app.css', 'styles/content.css', 'src/app.js', 'src/draft.js', 'src/editor.js']);
// Loaded by strangers' pages, without type="module": its names must not be theirs.
await bundle('iife', [{ in: 'src/crowd/index.js', out: 'crowd' }]);

function add(name, text) {
  const { name: stem, ext } = path.parse(name);
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8).toUpperCase();
  const file = path.resolve(out, `${stem}.${hash}${ext}`);
  fs.writeFileSync(file, text);
  files.push(file);
}
add('icons.svg', sprite(inputs));
add('favicon.svg', fs.readFileSync(path.join(web, 'icons', 'favicon.svg')));
add('licences.txt', licences(inputs));

const lines = files.sort().map((file) => {
  const name = path.basename(file);
  return [name.replace(/\.[0-9A-Z]{8}\./, '.'), name, types[path.extname(name)], file].join('\t');
});
fs.writeFileSync(list, `${lines.join('\n')}\n`);

const own = ['build.mjs', 'package-lock.json', 'icons', 'icons/names.txt', 'icons/favicon.svg']
  .map((f) => path.join(web, f));
const needed = [...inputs, ...own, ...pageFiles(), ...(fs.existsSync(pages) ? [pages] : [])];
fs.writeFileSync(depfile, `${list}: ${needed.map((f) => f.replace(/ /g, '\\ ')).join(' \\\n  ')}\n`);
