import { sendRequest } from '@commonpurse/shared/testing';
import { type Place, signUp } from '../../tests/e2e/support/person.ts';

/** Signs somebody up who may be used by a load generator: an access token lives 15 minutes. */
export async function account(
  place: Place,
  email = 'bench@home.example',
): Promise<{ id: string; token: string; headers: Record<string, string> }> {
  const person = await signUp(place, email, { baseCurrency: 'EUR' });
  const token = person.tokens.accessToken;
  await sendRequest(place.url, 'GET', '/records', { token });
  return { id: person.id, token, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } };
}
