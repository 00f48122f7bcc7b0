/** A network (IPv4 address or IPv6 /64) that the owner of the account signed in from. */
export interface KnownDevice {
  readonly network: string;
  readonly lastAt: string;
}

const deviceKnownForMs = 30 * 24 * 60 * 60 * 1000;
const devicesMax = 20;

export const isKnown = (devices: readonly KnownDevice[], network: string, nowMs: number): boolean =>
  devices.some((device) => device.network === network && Date.parse(device.lastAt) + deviceKnownForMs > nowMs);

/** The devices after a login that succeeded from this network: newest first, forgotten ones dropped. */
export const withDevice = (devices: readonly KnownDevice[], network: string, nowMs: number): readonly KnownDevice[] => [
  { network, lastAt: new Date(nowMs).toISOString() },
  ...devices.filter((device) => device.network !== network && isKnown([device], device.network, nowMs)).slice(0, devicesMax - 1),
];
