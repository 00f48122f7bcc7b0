/** `node tests/consistency/inconsistencies.main.ts <url> <email> <password> [<email> <password> ...]`: walks through a running system as these
 *  people, and says what does not agree. Ends with 1 when something does not. */
import { signIn } from '../e2e/support/person.ts';
import { lastingInconsistencies } from './inconsistencies.ts';

const [url = 'http://127.0.0.1:8080', ...credentials] = process.argv.slice(2);
if (credentials.length < 2) throw new Error('who? <url> <email> <password> [<email> <password> ...]');
const people = [];
for (let n = 0; n + 1 < credentials.length; n += 2) people.push(await signIn({ url, dataDir: '' }, credentials[n]!, credentials[n + 1]));
const lines = await lastingInconsistencies(url, people);
for (const line of lines) process.stdout.write(`${line}\n`);
process.stdout.write(`${lines.length} inconsistencies\n`);
process.exitCode = lines.length === 0 ? 0 : 1;
