/** The door of every npm script. Runs on any Node >= 20 with nothing installed: fetches pnpm and, with the packages, the Node this project
 *  runs on; installs from the lockfile once; then hands over. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const pnpmVersion = '12.21.0';
const windows = process.platform === 'win32';
const bundledNode = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');
const startedBy = process.ppid;
const stampFile = join(root, 'node_modules', '.installed');

const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
/** Each command: the arguments for the project's own Node, one program after the other; the user's arguments go to the last. */
const commands = {
  start: [['all-in-one/src/main.ts']],
  'start:distributed': [['distributed/src/main.ts']],
  ops: [['ops/src/main.ts']],
  test: [jest],
  'test:real': [['tests/real/test-real.main.ts']],
  'test:faults': [['tests/faults/main.ts']],
  build: [['scripts/build.mjs']],
  bench: [['bench/main.ts']],
  docs: [['scripts/write-docs.ts']],
  check: [
    ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
    [
      'node_modules/oxlint/bin/oxlint',
      '--type-aware',
      'packages',
      'services',
      'all-in-one',
      'distributed',
      'ops',
      'tests',
      'bench',
      'scripts',
    ],
    ['node_modules/@typescript/native/bin/tsc', '-p', '.'],
  ],
  format: [['node_modules/prettier/bin/prettier.cjs', '--write', '--log-level', 'warn', '.']],
};

/** What the installed packages depend on: when none of it has changed, there is nothing to install. */
function installStamp() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** Resolves with the exit code; what reaches this process as a signal reaches the child. The IPC channel tells the child when this process is killed. */
function run(command, args, { env = {}, ipc = false, shell = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ipc ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
      shell,
    });
    const forward = (signal) => child.kill(signal);
    const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    const watch = onceNpmIsGone(() => forward('SIGTERM'));
    const finish = (code) => {
      clearInterval(watch);
      for (const signal of signals) process.off(signal, forward);
      resolve(code);
    };
    child.once('error', (error) => {
      console.error(`commonpurse: ${command} could not be started: ${error.message}`);
      finish(1);
    });
    child.once('exit', (code, signal) => finish(code ?? (signal === null ? 1 : 128)));
  });
}

/** npm passes a signal on to what it has started, and no further. Of a shell that would be the end, and npm's, while the program still ends: so
 *  package.json puts `exec` before what is stopped by signals. With npm gone, however it went, nobody would be left to stop the program by. */
function onceNpmIsGone(callback) {
  const watch = setInterval(() => {
    if (process.env.npm_lifecycle_event === undefined || process.ppid === startedBy) return;
    clearInterval(watch);
    callback();
  }, 250);
  return watch;
}

async function install() {
  const stamp = installStamp();
  if (existsSync(bundledNode) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  console.error(`commonpurse: installing the packages of pnpm-lock.yaml and Node 24 (by pnpm ${pnpmVersion}); this happens once`);
  const args = ['--yes', `pnpm@${pnpmVersion}`, 'install', '--frozen-lockfile', '--reporter=append-only'];
  const code = await run(windows ? 'npx.cmd' : 'npx', args, { env: { npm_config_update_notifier: 'false' }, shell: windows });
  if (code !== 0) {
    console.error('commonpurse: the installation failed; see the lines above. It needs npm and a connection to the npm registry.');
    process.exit(1);
  }
  writeFileSync(stampFile, stamp);
}

async function main([name, ...rest]) {
  const names = Object.keys(commands);
  if (!names.includes(name)) {
    console.error(
      `commonpurse: ${name === undefined ? 'no command was given' : `there is no command ${name}`}; there are ${names.join(', ')}`,
    );
    return 1;
  }
  if (Number(process.versions.node.split('.')[0]) < 20) {
    console.error(`commonpurse: Node ${process.versions.node} is too old; any Node from 20 on will do, it fetches its own Node 24`);
    return 1;
  }
  await install();
  const env = { PATH: `${join(root, 'node_modules', '.bin')}${windows ? ';' : ':'}${process.env.PATH}` };
  // syncing files and looking up names share this pool: one must not wait for the other
  env.UV_THREADPOOL_SIZE = process.env.UV_THREADPOOL_SIZE ?? '16';
  // of code that was compiled before, nothing is compiled again: a start takes half the time
  if (name.startsWith('start') || name === 'ops' || name === 'bench')
    env.NODE_COMPILE_CACHE = process.env.NODE_COMPILE_CACHE ?? join(root, 'node_modules', '.cache', 'compiled');
  const steps = commands[name];
  for (const [index, args] of steps.entries()) {
    const last = index === steps.length - 1;
    const code = await run(bundledNode, last ? [...args, ...rest] : args, { env, ipc: name.startsWith('start') });
    if (code !== 0) return code;
  }
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
