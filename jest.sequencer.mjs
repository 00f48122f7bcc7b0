import Sequencer from '@jest/test-sequencer';

/** Suites that take minutes or start whole systems, the longest first. */
const long = [/tests\/faults\/store-faults/, /tests\/faults\//, /tests\/(e2e|security|browser|deploy)\//];
const rank = ({ path }) => {
  const found = long.findIndex((pattern) => pattern.test(path));
  return found === -1 ? long.length : found;
};

/** Begins with what takes longest, also where no run before has told how long: two workers are through at about the same time then. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((one, other) => rank(one) - rank(other));
  }
}
