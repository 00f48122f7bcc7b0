import Runner from 'jest-runner';

/** Runs its suites one after the other, and while no other suite runs. */
export default class AloneRunner extends Runner {
  isSerial = true;
}
