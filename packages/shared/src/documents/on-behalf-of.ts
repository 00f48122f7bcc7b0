import { AsyncLocalStorage } from 'node:async_hooks';

const users = new AsyncLocalStorage<string>();

/** Does this for a user. Where one event loop serves all, a store gives each user as many turns as another, however much they ask for at once. */
export const onBehalfOf = <T>(userId: string, work: () => T): T => users.run(userId, work);

/** Whom the work under way is done for; undefined: nobody in particular. */
export const onWhoseBehalf = (): string | undefined => users.getStore();
