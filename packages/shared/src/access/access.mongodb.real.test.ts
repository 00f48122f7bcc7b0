import { mongoGround } from '../documents/mongodb/testing/open-ground.ts';
import { describeAccess } from './access.contract.ts';

/** Fewer tries than on files: each asks the server some thirty times. */
const tries = 100;

describeAccess(
  'MongoDB',
  async () => {
    const ground = await mongoGround();
    const { store } = await ground.open();
    return { collection: (spec) => store.collection(spec), close: () => ground.end() };
  },
  tries,
);
