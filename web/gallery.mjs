// Writes the gallery of components, with the styles as they are built, to the address that is
// named: node gallery.mjs OUT.html
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const web = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.argv[2] ?? 'gallery-out.html');
const dir = path.join(path.dirname(out), 'static');
execFileSync('node', [path.join(web, 'build.mjs'), dir, `${out}.list`, `${out}.d`],
             { stdio: 'inherit' });

const names = new Map(fs.readFileSync(`${out}.list`, 'utf8').trim().split('\n')
  .map((line) => line.split('\t')).map(([name, file]) => [name, `static/${file}`]));
const css = path.join(path.dirname(out), names.get('app.css'));
fs.writeFileSync(css, fs.readFileSync(css, 'utf8').replaceAll('url(/static/', 'url('));

const icons = fs.readFileSync(path.join(dir, path.basename(names.get('icons.svg'))), 'utf8');
const page = fs.readFileSync(path.join(web, 'gallery.html'), 'utf8')
  .replace('{{ styles }}', names.get('app.css'))
  .replace('{{ script }}', names.get('app.js'))
  .replace('{{ icons }}', icons.replace('<svg ', '<svg hidden '))
  .replace(/\{%\s*icon\s+([a-z0-9-]+)\s*%\}/g,
           '<svg class="icon" aria-hidden="true" focusable="false"><use href="#$1"></use></svg>');
fs.writeFileSync(out, page);
