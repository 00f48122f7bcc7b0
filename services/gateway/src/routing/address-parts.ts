/** An instance's address, taken apart. */
interface AddressParts {
  readonly protocol: string;
  /** Of IPv6 without brackets. */
  readonly hostname: string;
  readonly port: string;
  /** Without a slash at its end. */
  readonly pathname: string;
}
const rememberedMax = 1_000;

export function partsOf(url: string): AddressParts {
  const { protocol, hostname, port, pathname } = new URL(url);
  return { protocol, hostname: hostname.replaceAll(/[[\]]/g, ''), port, pathname: pathname.replace(/\/$/, '') };
}

/** The same, each once. */
export function rememberParts(): (url: string) => AddressParts {
  const known = new Map<string, AddressParts>();
  return (url) => {
    const remembered = known.get(url);
    if (remembered) return remembered;
    const parts = partsOf(url);
    if (known.size >= rememberedMax) known.clear();
    known.set(url, parts);
    return parts;
  };
}
