import { type Parsed, sendRequest } from '../http-client.ts';

/** Asks RabbitMQ's management API. What is answered; null where that is nothing. What isn't there (404) is no error.
 *  @throws Error where the call is refused */
export type Manage = (method: string, path: string, body?: unknown) => Promise<Parsed>;

/** Every call has a connection of its own: one that is kept is ended by the server after so many calls, also under the next one. Not by `fetch`: Node 24's
 *  ends the process where a connection ends under an answer that is longer than what it reads ahead.
 *  @param otherwise name and password where the URL has none */
export function openManagement(managementUrl: string, otherwise = 'guest'): Manage {
  const { username, password, origin } = new URL(managementUrl);
  const credentials = [username, password].map((part) => decodeURIComponent(part) || otherwise).join(':');
  const headers = {
    authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
    'content-type': 'application/json',
  };
  return async (method, path, body) => {
    const answer = await sendRequest(origin, method, `/api${path}`, { headers, body });
    if (answer.status >= 300 && answer.status !== 404)
      throw new Error(`RabbitMQ answered ${answer.status} to ${method} ${path}: ${answer.text}`);
    return answer.body ?? null;
  };
}
