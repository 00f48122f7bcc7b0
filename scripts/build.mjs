/** Compiles what is deployed into a folder, `dist` unless told: the workspace as it is, in JavaScript, for Node takes no TypeScript from
 *  node_modules. `pnpm deploy` there makes the folder that an image holds. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = resolve(root, process.argv[2] ?? 'dist');
const compiler = join(root, 'node_modules/@typescript/native/bin/tsc');

rmSync(out, { recursive: true, force: true });
execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', out], { cwd: root, stdio: 'inherit' });
for (const asset of globSync('{packages,services}/*/src/**/*.*', { cwd: root })) {
  if (!/\.ts$|\/(testing|node_modules)\//.test(asset)) copy(asset);
}
const packages = globSync('{packages/*,services/*,all-in-one,distributed,ops}/package.json', { cwd: root });
for (const file of packages) writeJson(file, compiled(readJson(file), dirname(file)));
for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...globSync('patches/*', { cwd: root })]) copy(file);
console.error(`commonpurse: compiled ${packages.length} packages into ${out}`);

/** Its entries lead to the compiled files; those that are for tests only lead nowhere, and go. */
function compiled(manifest, folder) {
  const entries = Object.entries(manifest.exports ?? {}).map(([name, path]) => [name, path.replace(/\.ts$/, '.js')]);
  return { ...manifest, exports: Object.fromEntries(entries.filter(([, path]) => existsSync(join(out, folder, path)))) };
}

function copy(file) {
  mkdirSync(dirname(join(out, file)), { recursive: true });
  cpSync(join(root, file), join(out, file));
}

function readJson(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
}

function writeJson(file, content) {
  mkdirSync(dirname(join(out, file)), { recursive: true });
  writeFileSync(join(out, file), `${JSON.stringify(content, null, 2)}\n`);
}
