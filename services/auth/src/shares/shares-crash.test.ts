import { describe, expect, test } from '@jest/globals';
import type { Grant } from '@commonpurse/shared/contracts';
import { type Afterlife, inOneLife } from '../testing/one-life.ts';
import { everything, ownership } from '../testing/shares.ts';
import type { SignedIn, TestAuth } from '../testing/start-auth.ts';

const path = '/users/share-permission';
const body = { granteeEmail: 'bob@example.com', access: 'edit', scope: everything };
const headers = { 'idempotency-key': 'once' };
/** From a life that ends before the first write to one that is over when all are done. */
const livesUpTo = (most: number): number[] => Array.from({ length: most + 1 }, (_, n) => n);
const [ofShare, ofVerifying] = [livesUpTo(12), livesUpTo(24)];
/** The longest life says that it is done: in shorter ones alone nothing would ever be looked at of what was said. */
const expectSaid = ({ acknowledged }: Afterlife, n: number, lives: readonly number[]): void => {
  if (n === 0 || n === lives.at(-1)) expect(acknowledged).toBe(n > 0);
};

/** Ada, Bob, and what has become of a share between them. */
class Story {
  ada!: SignedIn;
  bob!: SignedIn;
  shareId = '';
  readonly peers = ownership(() => this.ada.id);

  async begin(auth: TestAuth, { withShare = false } = {}): Promise<void> {
    this.ada = await auth.person('ada@example.com');
    this.bob = await auth.person('bob@example.com');
    if (withShare) this.shareId = (await this.share(auth)).body.id;
    await settled(auth);
  }
  share = (auth: TestAuth, facts: object = {}) => auth.as(this.ada).post(path, { ...body, ...facts }, { headers });
  narrow = (auth: TestAuth) => auth.as(this.ada).put(`${path}/${this.shareId}`, { access: 'view', scope: everything });
  revoke = (auth: TestAuth) => auth.as(this.ada).delete(`${path}/${this.shareId}`);
  grants = async (auth: TestAuth, { id } = this.bob): Promise<Grant[]> =>
    (await auth.internal('records').get(`/internal/people/${id}`)).body.grants;
  /** Whether the accounts hold what the living shares say. */
  async isWhole(auth: TestAuth): Promise<boolean> {
    const living = await auth.shares.find({ granteeId: this.bob.id, endedAt: null });
    const grants = await this.grants(auth);
    const { sharedWith } = (await auth.internal().get(`/internal/people/${this.ada.id}`)).body;
    const said = living.map(({ _id, shareVersion, access }) => `${_id} ${shareVersion} ${access}`);
    return (
      JSON.stringify(grants.map(({ shareId, version, access }) => `${shareId} ${version} ${access}`)) === JSON.stringify(said) &&
      JSON.stringify(sharedWith) === JSON.stringify(living.length > 0 ? [this.bob.id] : [])
    );
  }
}
const isTold = (docs: readonly { outbox?: readonly unknown[] }[]): boolean => docs.every(({ outbox }) => (outbox ?? []).length === 0);
const settled = (auth: TestAuth) => auth.until(async () => isTold(await auth.users.find({})) && isTold(await auth.shares.find({})));

/** In the end everything is whole, and what was written is told. */
async function expectWhole(story: Story, { auth, inTime }: Afterlife): Promise<void> {
  await inTime(() => story.isWhole(auth));
  await inTime(async () => isTold(await auth.shares.find({})));
  const shares = await auth.shares.find({});
  for (const { _id, toldVersion } of shares) {
    const told = auth.published.filter(({ subject }) => subject === _id).map(({ version }) => version);
    expect([...new Set(told)].toSorted()).toEqual(Array.from({ length: toldVersion }, (_, at) => at + 1));
  }
}

describe('a process that dies before its nth write', () => {
  test.each(ofShare)('(n = %i) while something is shared loses no share that it said holds, and a retry shares once', async (n) => {
    const story = new Story();
    const step = async (system: TestAuth) => (await story.share(system)).status;
    const life = await inOneLife(n, (system) => story.begin(system), step, { peers: story.peers });
    expectSaid(life, n, ofShare);
    const { auth } = life;
    if (life.acknowledged) expect(await story.grants(auth)).toMatchObject([{ access: 'edit' }]);
    const again = await story.share(auth);
    expect(again.status).toBe(201);
    expect(await story.grants(auth)).toMatchObject([{ shareId: again.body.id }]);
    expect(await auth.shares.count({})).toBe(1);
    await expectWhole(story, life);
    await life.stop();
  });

  test.each(ofShare)('(n = %i) while a share is narrowed lets nobody do more than was said', async (n) => {
    const story = new Story();
    const step = async (system: TestAuth) => (await story.narrow(system)).status;
    const life = await inOneLife(n, (system) => story.begin(system, { withShare: true }), step, { peers: story.peers });
    expectSaid(life, n, ofShare);
    expect(await story.grants(life.auth)).toMatchObject(life.acknowledged ? [{ access: 'view' }] : [{}]);
    await expectWhole(story, life);
    await life.stop();
  });

  test.each(ofShare)(
    '(n = %i) while a share is taken back leaves nothing that works once it said so, also to who asks again',
    async (n) => {
      const story = new Story();
      const step = async (system: TestAuth) => (await story.revoke(system)).status;
      const life = await inOneLife(n, (system) => story.begin(system, { withShare: true }), step, { peers: story.peers });
      expectSaid(life, n, ofShare);
      if (life.acknowledged) expect(await story.grants(life.auth)).toEqual([]);
      expect(life.acknowledged ? [404] : [204, 404]).toContain((await story.revoke(life.auth)).status);
      expect(await story.grants(life.auth)).toEqual([]);
      await expectWhole(story, life);
      await life.stop();
    },
  );

  test.each(ofVerifying)('(n = %i) while an address is verified that something waits for brings it there', async (n) => {
    const story = new Story();
    let token = '';
    const prepare = async (system: TestAuth): Promise<void> => {
      await story.begin(system);
      await story.share(system, { granteeEmail: 'cyd@example.com' });
      await system.register({ email: 'cyd@example.com' });
      token = await system.tokenFor('cyd@example.com');
      await system.until(async () => (await system.users.find({})).every(({ mails }) => mails.length === 0));
      await settled(system);
    };
    const verify = async (system: TestAuth) => (await system.request('POST', '/auth/verify-email', { body: { token } })).status;
    const life = await inOneLife(n, prepare, verify, { peers: story.peers });
    expectSaid(life, n, ofVerifying);
    if (!life.acknowledged) await verify(life.auth);
    const [cyd] = await life.auth.users.find({ email: 'cyd@example.com' });
    story.bob = { ...story.bob, id: cyd!._id };
    await life.inTime(async () => (await story.grants(life.auth)).length === 1);
    await expectWhole(story, life);
    await life.stop();
  });
});
