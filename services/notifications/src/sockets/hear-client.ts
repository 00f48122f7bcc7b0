import type { RawData } from 'ws';
import { closeCode } from './close-code.ts';
import { binaryFrame, type FrameError, parseClientFrame } from './frame.ts';
import type { Line } from './hold-line.ts';

interface HearClientDeps {
  readonly line: Pick<Line, 'tell' | 'close'>;
  readonly resume: (since: number) => void;
  /** It has said something, whatever it was. */
  readonly alive: () => void;
  /** Frames that were not understood, before it ends. */
  readonly errorsMax: number;
}

/** Understands what the client says, and ends it with one who only talks nonsense. */
export function hearClient({ line, resume, alive, errorsMax }: HearClientDeps): (data: RawData, isBinary: boolean) => void {
  let errors = 0;
  const wrong = ({ code, detail }: FrameError): void => {
    line.tell('error', { code, detail });
    errors += 1;
    if (errors >= errorsMax) line.close(closeCode.notUnderstood, 'not understood');
  };
  return (data, isBinary) => {
    alive();
    const frame = isBinary ? binaryFrame : parseClientFrame((data as Buffer).toString('utf8'));
    if (frame.type === 'error') return wrong(frame);
    if (frame.type === 'ping') return line.tell('pong', {});
    return resume(frame.since);
  };
}
