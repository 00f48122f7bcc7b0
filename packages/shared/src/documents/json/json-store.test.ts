import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimulatedDisk } from '../../testing/index.ts';
import { fakeClock, mulberry32, simulatedDisk } from '../../testing/index.ts';
import type { OpenedStore } from '../documents.contract.ts';
import { describeDocuments } from '../documents.contract.ts';
import { openJsonStore } from './index.ts';

const clock = fakeClock();

describeDocuments('JSON files on a simulated disk', async () => {
  let disk: SimulatedDisk = simulatedDisk(mulberry32(1));
  const open = () => openJsonStore({ directory: '/store', disk, clock, compactAboveBytes: 2_000 });
  let store = await open();
  return {
    store,
    reopen: async () => {
      await store.close();
      return (store = await open());
    },
    kill: async () => {
      disk = disk.powerCut();
      return (store = await open());
    },
    end: () => store.close(),
  } satisfies OpenedStore;
});

describeDocuments('JSON files on the real disk', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'store-'));
  const open = () => openJsonStore({ directory, clock });
  let store = await open();
  const reopen = async () => {
    await store.close();
    return (store = await open());
  };
  return {
    store,
    reopen,
    // this process can't kill itself: kill-restart.test.ts does it with one of its own
    kill: reopen,
    end: async () => {
      await store.close();
      await rm(directory, { recursive: true });
    },
  } satisfies OpenedStore;
});
