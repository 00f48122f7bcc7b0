import { normalName, wordsOf } from './column-names.ts';

const expenseWords = `expense, expenses, exp, buy, kauf, utgift, purchase, debit, dbit, d, dr, db, withdrawal, payment, ausgabe, ausgang, soll, s,
  belastung, lastschrift, depense,
  gasto, cargo, debe, adeudo, af, debet, uitgave, uscita, addebito, dare, saida, despesa, debito,
  out, outgoing, outflow, money out, cash out, paid out, spend, spent, spending, sent, sortie, salida, uttag, wn, obciazenie,
  borc, gider, \u03c7, \u03c7\u03c1\u03b5\u03c9\u03c3\u03b7, \u0440\u0430\u0441\u0445\u043e\u0434,
  \u0441\u043f\u0438\u0441\u0430\u043d\u0438\u0435, \u0434\u0435\u0431\u0435\u0442, \u0434\u0435\u0431\u0438\u0442,
  \u0432\u0438\u0442\u0440\u0430\u0442\u0430, isplata, terheles, pengeluaran, \u652f\u51fa, \ucd9c\uae08, \uc9c0\ucd9c`;
const incomeWords = `income, incomes, sell, verkauf, credit, crdt, c, cr, deposit, einnahme, eingang, haben, h, gutschrift, revenu, recette,
  ingreso, abono, haber, bij,
  inkomst, inkomsten, entrata, accredito, avere, entrada, receita, credito,
  in, incoming, inflow, money in, cash in, paid in, earning, earnings, receive, received, entree, insattning, ma, uznanie,
  alacak, gelir, \u03c0, \u03c0\u03b9\u03c3\u03c4\u03c9\u03c3\u03b7, \u0434\u043e\u0445\u043e\u0434,
  \u0437\u0430\u0447\u0438\u0441\u043b\u0435\u043d\u0438\u0435, \u043a\u0440\u0435\u0434\u0438\u0442, \u0434\u043e\u0445\u0456\u0434, uplata,
  jovairas, kredit, pemasukan, \u6536\u5165, \u53ce\u5165, \uc785\uae08, \uc218\uc785`;
const typeWords = new Map<string, 'expense' | 'income'>([
  ...[...wordsOf(expenseWords)].map((word) => [word, 'expense'] as const),
  ...[...wordsOf(incomeWords)].map((word) => [word, 'income'] as const),
]);

const signs = new Map<string, 'expense' | 'income'>([
  ['-', 'expense'],
  ['\u2212', 'expense'],
  ['+', 'income'],
]);

/** What a type cell says (`Soll`, `H`, `Af`, `CRDT`, `expense`); null where it is no word for either. */
export const typeOf = (text: string): 'expense' | 'income' | null => signs.get(text.trim()) ?? typeWords.get(normalName(text)) ?? null;

/** These mean nothing else: a debit may also be a card, and a purchase a kind of transaction. */
const plainTypes = wordsOf(
  `expense, expenses, exp, income, incomes, ausgabe, einnahme, depense, recette, revenu, gasto, ingreso, uitgave, inkomst, inkomsten, uscita, entrata,
  despesa, receita, utgift, gider, gelir, \u0440\u0430\u0441\u0445\u043e\u0434, \u0434\u043e\u0445\u043e\u0434,
  \u0432\u0438\u0442\u0440\u0430\u0442\u0430, \u0434\u043e\u0445\u0456\u0434, pengeluaran, pemasukan, \u652f\u51fa, \u6536\u5165, \u53ce\u5165,
  \uc9c0\ucd9c, \uc218\uc785`,
);

/** Whether a type cell says expense or income, in just that word. */
export const isPlainType = (text: string): boolean => plainTypes.has(normalName(text));

export const isPlainExpense = (text: string): boolean => isPlainType(text) && typeOf(text) === 'expense';

/** Banks name kinds of transactions so, whichever way these went: a payment may be one's own or somebody else's. */
const kinds = new Set(['payment', 'deposit', 'withdrawal', 'lastschrift', 'gutschrift', 'cargo', 'abono', 'addebito', 'accredito']);

/** Whether a word for an expense or an income means no more than it usually does: the sign of its amount counts more. */
export const isKind = (text: string): boolean => kinds.has(normalName(text));
