// What a run leaves behind when it was ended in the middle: nothing may be found by the next.
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { docker, lines, swarmTool } from './docker.mjs';

export const PROJECTS = { compose: 'flashcards-compose', dev: 'flashcards-test-dev', a: 'flashcards-test-a', b: 'flashcards-test-b' }; // prettier-ignore
/**
 * A name of its own for each run: an engine that is slow to forget a network of the last stack would take it for one of the
 * next, if that had the same name, and never start a task in it.
 */
export const STACK = `flashcards-t${randomBytes(2).toString('hex')}`;
const ANY_STACK = /^flashcards-t[0-9a-f]{4}(?=_|$)/;
export const NODES = ['node2', 'node3'];
export const IMAGES_NETWORK = 'flashcards-images-test';

/** Removes every container, network and volume of the tests, here and on the nodes of a swarm. */
export async function tidy() {
  for (const project of Object.values(PROJECTS)) await removeProject(`label=com.docker.compose.project=${project}`);
  await remove('container', await idsOf('container', `network=${IMAGES_NETWORK}`));
  await remove('network', await idsOf('network', `name=^${IMAGES_NETWORK}$`));
  await removeStack();
}

/** @param {string} label */
async function removeProject(label) {
  await remove('container', await idsOf('container', label));
  await remove('network', await idsOf('network', label));
  await remove('volume', await idsOf('volume', label));
}

/**
 * @param {string} kind
 * @param {string} filter
 */
async function idsOf(kind, filter) {
  const all = kind === 'container' ? ['--all'] : [];
  return lines(await docker(kind, 'ls', ...all, '--quiet', '--filter', filter));
}

/**
 * @param {string} kind
 * @param {string[]} ids
 */
async function remove(kind, ids) {
  if (ids.length > 0) await docker(kind, 'rm', '--force', ...ids).catch(() => docker(kind, 'rm', ...ids));
}

/**
 * The engines of a swarm's nodes, this machine's first.
 * @returns {(typeof docker)[]}
 */
export const engines = () => [
  docker,
  ...NODES.map(
    (node) =>
      (/** @type {string[]} */ ...args) =>
        swarmTool('on', node, ...args),
  ),
];

/** The stacks of the tests with their data, on each node. */
export async function removeStack() {
  if ((await docker('info', '--format', '{{.Swarm.ControlAvailable}}')) !== 'true') return;
  for (const node of NODES) await swarmTool('mend', node).catch(() => undefined);
  const stacks = lines(await docker('stack', 'ls', '--format', '{{.Name}}')).filter((name) => ANY_STACK.test(name));
  if (stacks.length > 0) await docker('stack', 'rm', ...stacks);
  for (const on of engines()) {
    /** @type {(...list: string[]) => Promise<string[]>} */
    const ours = async (...list) => lines(await on(...list).catch(() => '')).filter((name) => ANY_STACK.test(name));
    await gone(() => ours('ps', '--all', '--format', '{{.Names}}'), 90);
    await gone(() => ours('network', 'ls', '--format', '{{.Name}}'), 30);
    const volumes = await ours('volume', 'ls', '--quiet');
    if (volumes.length > 0) await on('volume', 'rm', ...volumes).catch(() => undefined);
  }
}

/**
 * @param {() => Promise<string[]>} look
 * @param {number} seconds
 */
async function gone(look, seconds) {
  for (let i = 0; i < seconds && (await look()).length > 0; i += 1) await sleep(1_000);
}

const LOCK = `${tmpdir()}/flashcards-test-deploy.pid`;

/** One run at a time on a machine: each removes what another leaves. Says who is at work, or nothing. */
export function takeTurn() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
  } catch {
    const other = Number(readFileSync(LOCK, 'utf8'));
    if (isAlive(other)) return other;
    writeFileSync(LOCK, String(process.pid));
  }
  process.once('exit', () => rmSync(LOCK, { force: true }));
  return undefined;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
