import type { OpenApi } from '@commonpurse/shared/http';
import { type Clock, type Peers, servicesBehindGateway, type ServiceName } from '@commonpurse/shared/service';
import { mergeOpenApi } from './merge-open-api.ts';

const keptMs = 60_000;

/** The document of the whole system, asked of the services and kept for a minute. Rejects with `PeerUnavailable` when one was never heard. */
export function createOpenApiSource(peers: Peers, clock: Clock, own: OpenApi): () => Promise<OpenApi> {
  const heard = new Map<ServiceName, OpenApi>();
  let kept: { document: OpenApi; until: number } | null = null;
  const ask = async (service: ServiceName): Promise<OpenApi> => {
    try {
      heard.set(service, await peers.get<OpenApi>(service, '/internal/openapi.json'));
    } catch (error) {
      // what it said before still holds while it is away
      if (!heard.has(service)) throw error;
    }
    return heard.get(service)!;
  };
  return async () => {
    if (kept !== null && kept.until > clock.now()) return kept.document;
    const documents = await Promise.all(servicesBehindGateway.map(ask));
    const info = {
      title: 'Commonpurse',
      version: own.info.version,
      description: 'Money that people share: records, budgets and live notifications behind one gateway.',
    };
    kept = { document: mergeOpenApi([own, ...documents], info), until: clock.now() + keptMs };
    return kept.document;
  };
}
