import type { PassingFrame } from '../feed/passing-frame.ts';
import { frameText } from './frame.ts';
import type { FeedStream } from './stream-feed.ts';

/** Where a socket stands in its user's feed. Whatever is sent with a number is sent from here, one after the other, replayed or live:
 *  that is why nothing is missed, nothing repeated, and nothing live overtakes a replay. */
export interface Follower {
  /** There may be more. */
  wake(): void;
  /** Begins again behind `seq`. */
  resumeFrom(seq: number): void;
  /** Sent at once, or when the replay has ended. */
  pass(frame: PassingFrame): void;
}
interface FollowerDeps {
  readonly stream: FeedStream;
  /** The last number that was sent. */
  readonly from: number;
  readonly send: (text: string) => void;
  /** Resolves when enough of what was sent has been taken, or when the socket has ended. */
  readonly drained: () => Promise<void>;
  readonly ended: () => boolean;
  readonly now: () => string;
  /** Told why frames could not be read or rendered; resolves when it is time to try again. */
  readonly failed: (error: unknown) => Promise<void>;
}

export function createFollower(deps: FollowerDeps): Follower {
  const { stream } = deps;
  const state = {
    cursor: deps.from,
    replayedTo: stream.head,
    live: false,
    running: false,
    resumed: 0,
    held: new Map<string, PassingFrame>(),
  };
  const passNow = ({ type, at, data }: PassingFrame): void => deps.send(frameText(type, at, data));
  const run = async (): Promise<void> => {
    state.running = true;
    while (!deps.ended() && state.cursor < stream.head) {
      await advance(deps, state).catch(deps.failed);
    }
    state.running = false;
    state.live = true;
    for (const frame of state.held.values()) passNow(frame);
    state.held.clear();
  };
  const wake = (): void => {
    if (!state.running) void run();
  };
  return {
    wake,
    resumeFrom(seq) {
      state.cursor = seq;
      state.replayedTo = stream.head;
      state.live = false;
      state.resumed += 1;
      wake();
    },
    pass(frame) {
      if (state.live) passNow(frame);
      else state.held.set(`${frame.type} ${frame.about}`, frame);
    },
  };
}

interface FollowerState {
  cursor: number;
  /** Up to here the feed is told again, and that is as things are now: what was shown when it came may have been changed, deleted or read since. */
  replayedTo: number;
  /** Everything there was at the beginning has been sent. */
  live: boolean;
  /** Counts resumes: what was read for an earlier one is not sent any more. */
  resumed: number;
}

/** Sends the next stretch. A replay goes on only as fast as the client takes it, and reads when it is its turn; live frames are sent as they come. */
async function advance(deps: FollowerDeps, state: FollowerState): Promise<void> {
  const { stream } = deps;
  const { resumed, cursor } = state;
  const isOver = (): boolean => state.resumed !== resumed || deps.ended();
  const frames =
    cursor < state.replayedTo
      ? await stream.inTurn(async () => (isOver() ? [] : stream.readAfter(cursor)))
      : (stream.recentAfter(cursor) ?? (await stream.readAfter(cursor)));
  if (isOver()) return;
  if (frames === 'gone') {
    state.cursor = stream.head;
    return deps.send(frameText('resync', deps.now(), { lastSeq: stream.head }));
  }
  for (const frame of frames) {
    deps.send(frame.text);
    state.cursor = frame.seq;
    if (state.live) continue;
    await deps.drained();
    if (isOver()) return;
  }
}
