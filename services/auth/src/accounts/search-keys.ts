/** Text in the form in which it is searched: however it was typed, and in any case. */
export const foldSearch = (text: string): string => text.normalize('NFKC').trim().toLowerCase();

/** What an account is found by: its address and its name, each from its beginning. */
export const searchKeys = (email: string, displayName: string): readonly string[] => [foldSearch(email), foldSearch(displayName)];
