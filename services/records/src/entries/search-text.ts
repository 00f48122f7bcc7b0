/** Marks the start of a word inside a search text. Folding leaves none of it, so no search can ask for it. */
const wordMark = '\u001f';

/** Text for comparisons in any case, composed or not. By way of capitals, for several small letters can have the same (ß is SS, as ss is); and a
 *  sigma is the same at the end of a word as elsewhere, for a prefix ends elsewhere than its word. */
export const foldText = (text: string): string =>
  lowered(text).toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFC').replaceAll(wordMark, ' ');

/** All that a text may be stored as: before it was by way of capitals, it was put into small letters alone. */
export const foldingsOf = (text: string): string[] => [...new Set([foldText(text), lowered(text).replaceAll(wordMark, ' ')])];

const lowered = (text: string): string => text.normalize('NFC').toLowerCase();

/** A description as it is searched: folded, with the words that begin neither at its start nor after a space repeated behind it,
 *  each behind a mark. So one string serves both parts of a word and parts of the text, and neither finds what is not there. */
export function searchTextOf(description: string): string {
  const folded = foldText(description);
  let text = wordMark + folded;
  if (!separatorPattern.test(folded)) return text;
  for (const word of folded.matchAll(wordPattern)) {
    if (word.index > 0 && folded[word.index - 1] !== ' ') text += wordMark + word[0];
  }
  return text;
}

/** What is between white space and punctuation: letters, digits, symbols. */
const wordPattern = /[^\s\p{P}]+/gu;
/** What a word can begin behind, but for a space: few descriptions have any. */
const separatorPattern = /[^\S ]|\p{P}/u;

/** The distinct words of a search, each in all its foldings. */
export const wordsOf = (search: string): string[][] => {
  const words = (search.normalize('NFC').replaceAll(wordMark, ' ').match(wordPattern) ?? []).map(foldingsOf);
  return [...new Map(words.map((foldings) => [foldings.join(wordMark), foldings])).values()];
};

/** What a search text contains, one or the other, exactly when one of its words begins with `word`. */
export const wordStarts = (word: string): readonly [string, string] => [wordMark + word, ` ${word}`];
