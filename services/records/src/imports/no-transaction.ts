import { normalName, wordsOf } from './column-names.ts';

const outerBalances = wordsOf(
  `anfangssaldo, endsaldo, schlusssaldo, alter saldo, neuer saldo, alter kontostand, neuer kontostand, opening balance, closing balance,
  beginning balance, ending balance, balance brought forward, balance carried forward, beginsaldo, eindsaldo, saldo anterior, saldo inicial,
  saldo final, s a l d o, saldo iniziale, saldo finale, ancien solde, nouveau solde, solde precedent, solde initial, solde final`,
);
const balances = new Set([...outerBalances, 'saldo', 'kontostand', 'balance']);

/** Whether a cell says that its row holds a balance. */
export const isBalance = (text: string): boolean => balances.has(normalName(text));

/** Whether it says so where it describes the row: nobody calls a payment that. Asked of every row, so the common no is a quick one. */
export const isOuterBalance = (text: string): boolean =>
  /saldo|s a l d o|solde|stand|balance/i.test(text) && outerBalances.has(normalName(text));

const statusNames = wordsOf(
  `status, state, transaction status, buchungsstatus, statut, etat, estado, stato, staat, \u4ea4\u6613\u72b6\u6001, \u5f53\u524d\u72b6\u6001`,
);
const failures = wordsOf(
  `failed, declined, denied, rejected, refused, reverted, cancelled, canceled, voided, expired, fehlgeschlagen, abgelehnt, storniert,
  ruckgangig gemacht, zuruckgewiesen, abgebrochen, refuse, rejete, annule, echoue, rechazado, cancelado, anulado, rifiutato, annullato,
  geweigerd, geannuleerd, mislukt, \u4ea4\u6613\u5173\u95ed`,
);

/** Whether a column's name says that it tells what became of each transaction. */
export const isStatus = (name: string): boolean => statusNames.has(normalName(name));

/** Whether such a cell says that no money has moved. */
export const isFailure = (text: string): boolean => failures.has(normalName(text));
