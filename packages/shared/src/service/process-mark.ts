import fs from 'node:fs';

/** A process of this machine, so that it can be told later from another that has got its pid. */
export interface ProcessMark {
  readonly pid: number;
  /** The boot and the process namespace that the pid belongs to; null where the system doesn't say. */
  readonly world: string | null;
  /** When that process was started, in the kernel's own words; null where the system doesn't say. */
  readonly started: string | null;
}

export const markOf = (pid: number): ProcessMark => ({ pid, world: worldOf(), started: startOf(pid) });

/** Of this world only. Asked of the kernel's list first: to a signal another user's program answers alike, whether it is that one or has got its pid. */
export function runs({ pid, started }: Omit<ProcessMark, 'world'>): boolean {
  if (started !== null && statOf(pid) !== null) return startOf(pid) === started && !isOver(pid);
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Linux only: the boot, and the namespace in which pids are counted. */
export function worldOf(): string | null {
  try {
    return `${fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fs.readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
}

export const bootOf = (world: string): string => world.split(' ')[0]!;

/** Linux only: when it was started, in clock ticks since boot. */
const startOf = (pid: number): string | null => statOf(pid)?.[22] ?? null;

/** Linux only: nothing of it is left but an exit status that its parent has not asked for, and may never ask for. */
function isOver(pid: number): boolean {
  const stat = statOf(pid);
  return stat !== null && hasEnded(stat) && Number(stat[20]) <= 1;
}

/** Linux only: it does nothing more of its own, though some of its threads may still be at what they last asked of the kernel. */
export function isLeaving(pid: number): boolean {
  const stat = statOf(pid);
  if (stat === null || isOver(pid)) return false;
  return hasEnded(stat) || (Number(stat[9]) & exiting) !== 0 || (BigInt(stat[31] ?? 0) & killed) !== 0n;
}

/** PF_EXITING among the flags of a process, and SIGKILL among its pending signals. */
const [exiting, killed] = [0x4, 1n << 8n];
const hasEnded = (stat: readonly string[]): boolean => stat[3] === 'Z' || stat[3] === 'X';

/** Linux only: the fields of /proc/<pid>/stat, numbered as in proc(5), without the name. */
function statOf(pid: number): readonly string[] | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return ['', '', '', ...stat.slice(stat.lastIndexOf(')') + 2).split(' ')];
  } catch {
    return null;
  }
}
