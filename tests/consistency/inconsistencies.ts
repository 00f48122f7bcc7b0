import type { Person } from '../e2e/support/person.ts';
import { gatherFacts } from './gather-facts.ts';
import { judge } from './judge.ts';
import { healMs, settle } from './settle.ts';

/** Adds up anew, from the records, what budgets, notifications and imports claim of a person. Answers what does not agree, one line each. */
export async function inconsistencies(url: string, person: Person): Promise<string[]> {
  return judge(await gatherFacts(url, person)).map((line) => `${person.email}: ${line}`);
}

/** The same once nothing happens any more: what does not agree though the system had the time to settle. */
export async function lastingInconsistencies(url: string, people: readonly Person[], patienceMs = healMs): Promise<readonly string[]> {
  const { trouble } = await settle(async () => {
    const lines: string[] = [];
    for (const person of people) lines.push(...(await inconsistencies(url, person)));
    return lines;
  }, patienceMs);
  return trouble;
}
