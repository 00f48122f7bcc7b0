import { isCurrency } from '@commonpurse/shared/money';

/** What a column can be read for. */
export const columnFields = ['date', 'amount', 'debit', 'credit', 'description', 'category', 'source', 'currency', 'type', 'tags'] as const;
export type ColumnField = (typeof columnFields)[number];

/** Names that banks and finance programs give their columns, in English, German, French, Spanish, Dutch, Italian, Portuguese, the Nordic
 *  languages, Polish, Czech and Japanese, in normal form (see `normalName`); of several columns that fit, the one named first here is taken. */
const names: Readonly<Record<ColumnField, string>> = {
  date: `date, transaction date, booking date, posting date, posted date, post date, trans date, date posted, transaction post date,
    operation date, completed date, transactiondate, date completed, started date, timestamp, entry date, value date, day,
    buchungstag, buchungsdatum, datum, buchung, belegdatum, umsatzdatum, tag, valutadatum, wertstellung, wertstellungsdatum, wertstellungstag, valuta,
    date operation, date de l operation, date d operation, date comptable, date de comptabilisation, date comptabilisation,
    date de transaction, date transaction, date de valeur, date valeur,
    fecha, fecha operacion, fecha de operacion, fecha de la operacion, f operacion, fecha contable, fecha movimiento, fecha valor, f valor, dia,
    boekdatum, boekingsdatum, transactiedatum, datum transactie, datum boeking, valutadatum, rentedatum,
    data, data operazione, data contabile, data movimento, data registrazione, data contabilizzazione, data valuta,
    data lancamento, data do lancamento, data da operacao, data operacao, data mov, data transacao, data da transacao, data valor,
    bokforingsdag, bokforingsdatum, transaktionsdag, transaktionsdatum, valutadag, dato, bokf\u00f8ringsdato, bogf\u00f8ringsdato, rentedato,
    kirjauspaiva, arvopaiva, maksupaiva, paivamaara, data operacji, data transakcji, data ksiegowania, data waluty,
    datum zauctovani, datum provedeni, datum transakce, \u65e5\u4ed8, \u53d6\u5f15\u65e5, \u3054\u5229\u7528\u65e5, \u5229\u7528\u65e5, \u5e74\u6708\u65e5`,
  amount: `amount, amount in account currency, billing amount, transaction amount, value, sum, total, net amount,
    betrag, umsatz, buchungsbetrag, summe, wert, betrag in eur, umsatz in eur,
    montant, montant de l operation, montant operation, somme,
    importe, importe de la operacion, importe operacion, cantidad, monto, valor,
    bedrag, transactiebedrag, bedrag bij af, som,
    importo, ammontare, importo operazione,
    montante, quantia, valor da operacao, valor da transacao,
    amt, price, cost, net, gross, netto, brutto, belopp, bel\u00f8b, bel\u00f8p, summa, maara, maara euroa,
    kwota, kwota operacji, kwota transakcji, castka, \u91d1\u984d`,
  debit: `debit, debits, debit amount, amount debit, withdrawal, withdrawals, withdrawal amount, withdrawal amt, paid out, money out, outflow, spent,
    amount spent, amount out, expense, expenses, expense amount, charge, charges, purchases, out,
    soll, belastung, belastungen, lastschrift, lastschriften, ausgang, ausgabe, ausgaben, abgang,
    debit euros, montant debit, depense, depenses, retrait, retraits, sortie, sorties,
    debe, cargo, cargos, gasto, gastos, salida, salidas, importe debe, importe cargo, adeudo,
    debet, uitgave, uitgaven, afschrijving, bedrag af,
    dare, addebito, addebiti, uscita, uscite, importo addebito,
    debito, debitos, saida, saidas, despesa, despesas,
    uttag, ut, ud, ut fra konto, ut av konto, obciazenia, wydatki, \u51fa\u91d1, \u51fa\u91d1\u984d, \u51fa\u91d1\u91d1\u984d,
    \u304a\u5f15\u51fa\u3057, \u304a\u5f15\u304d\u51fa\u3057, \u652f\u6255\u3044\u91d1\u984d, \u304a\u652f\u6255\u3044\u91d1\u984d, \u5229\u7528\u91d1\u984d, \u3054\u5229\u7528\u91d1\u984d`,
  credit: `credit, credits, credit amount, amount credit, deposit, deposits, deposit amount, deposit amt, paid in, money in, inflow, received,
    amount received, amount in, income, income amount, in,
    haben, gutschrift, gutschriften, eingang, einnahme, einnahmen, zugang,
    credit euros, montant credit, recette, recettes, versement, versements, entree, entrees,
    haber, abono, abonos, ingreso, ingresos, importe haber, importe abono,
    inkomst, inkomsten, bijschrijving, bedrag bij,
    avere, accredito, accrediti, entrata, entrate, importo accredito,
    credito, creditos, entrada, entradas, receita, receitas,
    insattning, inn, ind, inn pa konto, uznania, wp\u0142ywy, \u5165\u91d1, \u5165\u91d1\u984d, \u5165\u91d1\u91d1\u984d,
    \u304a\u9810\u5165\u308c, \u304a\u9810\u3051\u5165\u308c, \u9810\u304b\u308a\u91d1\u984d, \u304a\u9810\u308a\u91d1\u984d`,
  description: `description, description 1, transaction description, details, transaction details, narrative, narration, particulars, payee,
    merchant, merchant name, counter party, counterparty, counterparty name, partner name, partnername, name, memo, reference, text, note, notes,
    title, transaction, item,
    verwendungszweck, vorgang verwendungszweck, buchungstext, beschreibung, bezeichnung, buchungsdetails, umsatztext, beschreibung1,
    avisierungstext, zahlungsempfanger, zahlungsempfaenger,
    auftraggeber empfanger, empfanger, empfaenger, beguenstigter zahlungspflichtiger, name zahlungsbeteiligter, notiz, vorgang,
    libelle, libelle operation, libelle de l operation, libelle simplifie, intitule, detail, details de l ecriture, nature, motif, communication,
    concepto, descripcion, detalle, observaciones, concepto ampliado, movimiento,
    omschrijving, naam omschrijving, omschrijving 1, mededelingen, naam tegenpartij, naam, details van de mededeling,
    descrizione, causale, descrizione operazione, dettagli, operazione,
    descricao, historico, lancamento, descricao do movimento, movimento,
    beskrivning, rubrik, transaktion, tekst, forklaring, beskrivelse, selitys, selite, opis operacji, opis transakcji, opis, tytu\u0142,
    popis, zprava, \u5185\u5bb9, \u6458\u8981\u5185\u5bb9, \u6458\u8981, \u304a\u53d6\u308a\u6271\u3044\u5185\u5bb9, \u5229\u7528\u5e97\u540d \u5546\u54c1\u540d, \u3054\u5229\u7528\u5e97\u540d, label, comment, comments`,
  category: `category, categories, category name, subcategory, budget category,
    kategorie, kategorien, rubrik, categorie, categories, sous categorie, rubrique, categoria, categorias, rubriek, rubro,
    kategoria, kategori, spending category`,
  source: `source, income source, quelle, einnahmequelle, source de revenu, fuente, bron, fonte`,
  currency: `currency, currency code, billing currency, transaction currency, account currency, ccy, iso currency,
    wahrung, waehrung, devise, monnaie, moneda, divisa, munt, muntsoort, valuta, moeda,
    waluta, mena`,
  type: `type, transaction type, debit credit, credit debit, credit debit indicator, debit credit indicator, dr cr, cr dr, d c, dc, indicator, details,
    soll haben, soll haben kennzeichen, s h, typ, umsatzart, art, kennzeichen,
    sens, debit ou credit, type operation, type d operation,
    tipo, tipo movimiento, tipo de movimiento, signo, debe haber,
    af bij, bij af, debet credit, soort, dare avere, segno, tipo operazione, tipo de operacao, tipo movimento, natureza,
    direction, sign, vorzeichen, signe, znak, income expense, expense income, belegart`,
  tags: `tags, tag, labels, label, schlagworte, schlagworter, stichworte, etiquettes, etiquetas, trefwoorden, etichette, marcadores`,
};

/** Lower case, without accents; everything but letters and digits is a space. `Libellé de l'opération` is `libelle de l operation`. */
export const normalName = (name: string): string =>
  name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('\u00df', 'ss')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

type Fits = Partial<Record<ColumnField, number>>;
const ranks = new Map<string, Fits>();
for (const field of columnFields) {
  for (const [rank, name] of names[field].split(',').entries()) {
    const normal = normalName(name);
    ranks.set(normal, { [field]: rank, ...ranks.get(normal) });
  }
}

const longestName = 64;
/** "Amount (foreign currency)" is beside what was paid, not instead of it. */
const foreign = /[([][^)\]]*(?:foreign|original|local|fremd)/i;

/** A name as it is, without what stands in brackets, and without a currency at its end. */
function spellings(name: string): string[] {
  const whole = normalName(name);
  const bare = normalName(name.replaceAll(/\([^)]*\)|\[[^\]]*\]/g, ' '));
  return [whole, bare, bare.replace(/(?: (?:in|en))?(?: (?:euros?|[a-z]{3}))?$/, (end) => (codeBehind(end) === null ? end : ''))];
}

/** Words that usually mean no currency, though they are the codes of some. */
const words = new Set(['all', 'bob', 'cup', 'gel', 'mad', 'mop', 'pen', 'ron', 'top', 'try']);

/** The code of a currency at the end of a normal name (`amount usd`, `betrag in euro`), in capitals; null: there is none. */
export function codeBehind(normal: string): string | null {
  const last = normal.slice(normal.lastIndexOf(' ') + 1);
  if (/^euros?$/.test(last)) return 'EUR';
  return !words.has(last) && isCurrency(last.toUpperCase()) ? last.toUpperCase() : null;
}

/** The fields that a column's name fits, and how well: 0 best. */
export function fitsOf(name: string): Fits {
  if (name.length > longestName || !/\p{L}/u.test(name) || foreign.test(name)) return {};
  for (const spelling of spellings(name)) {
    const fits = ranks.get(spelling);
    if (fits) return fits;
  }
  return {};
}

const otherWords = new Set(
  `balance, bal, saldo, salden, solde, kontostand, guthaben, saldi, zustatek, bilans, fee, fees, gebuhr, gebuhren, entgelt, frais, kosten,
  comision, commission, commissione, commissioni, taxa, tax, vat, rate, kurs, koers, cours, cambio, id, no, nr, number, nummer, numero, numer,
  cislo, account, konto, kontonummer, kontonr, compte, cuenta, conto, conta, rekening, rekeningnummer, rachunek, iban, code, count, index,
  reference, referenz, ref, \u6b8b\u9ad8`
    .split(',')
    .map((word) => word.trim()),
);

/** Whether a column's name says that its numbers are no amounts: a balance, a fee, a rate, the number of an account. */
export function isNamedOtherwise(name: string): boolean {
  const fits = fitsOf(name);
  if (fits.amount !== undefined || fits.debit !== undefined || fits.credit !== undefined) return false;
  return Object.keys(fits).length > 0 || holdsOtherNumbers(name);
}

const costs = new Set(['cost', 'price']);

/** Whether a column's name says that its amounts were paid for something. */
export const holdsCosts = (name: string): boolean => spellings(name).some((spelling) => costs.has(spelling));

/** Whether a column's name says that it holds numbers, and of something else than amounts. */
export const holdsOtherNumbers = (name: string): boolean =>
  spellings(name).some((spelling) => spelling.split(' ').some((word) => otherWords.has(word)));

const expenseWords = `expense, expenses, exp, buy, kauf, utgift, \u652f\u51fa, purchase, debit, dbit, d, dr, db, withdrawal, payment, ausgabe, ausgang, soll, s, belastung, lastschrift, depense,
  gasto, cargo, debe, adeudo, af, debet, uitgave, uscita, addebito, dare, saida, despesa, debito,
  out, outgoing, outflow, money out, sent, sortie, salida, uttag, wn, obciazenie`;
const incomeWords = `income, incomes, sell, verkauf, \u6536\u5165, credit, crdt, c, cr, deposit, einnahme, eingang, haben, h, gutschrift, revenu, recette, ingreso, abono, haber, bij,
  inkomst, inkomsten, entrata, accredito, avere, entrada, receita, credito,
  in, incoming, inflow, money in, received, entree, insattning, ma, uznanie`;
const typeWords = new Map<string, 'expense' | 'income'>([
  ...expenseWords.split(',').map((word) => [word.trim(), 'expense'] as const),
  ...incomeWords.split(',').map((word) => [word.trim(), 'income'] as const),
]);

const signs = new Map<string, 'expense' | 'income'>([
  ['-', 'expense'],
  ['\u2212', 'expense'],
  ['+', 'income'],
]);

/** What a type cell says (`Soll`, `H`, `Af`, `CRDT`, `expense`); null where it is no word for either. */
export const typeOf = (text: string): 'expense' | 'income' | null => signs.get(text.trim()) ?? typeWords.get(normalName(text)) ?? null;

/** These mean nothing else: a debit may also be a card, and a purchase a kind of transaction. */
const plainTypes = new Set(
  `expense, expenses, exp, income, incomes, ausgabe, einnahme, depense, recette, revenu, gasto, ingreso, uitgave, inkomst, inkomsten, uscita, entrata,
  despesa, receita, utgift, \u652f\u51fa, \u6536\u5165`
    .split(',')
    .map((word) => word.trim()),
);

/** Whether a type cell says expense or income, in just that word. */
export const isPlainType = (text: string): boolean => plainTypes.has(normalName(text));

/** Banks name kinds of transactions so, whichever way these went: a payment may be one's own or somebody else's. */
const kinds = new Set(['payment', 'deposit', 'withdrawal', 'lastschrift', 'gutschrift', 'cargo', 'abono', 'addebito', 'accredito']);

/** Whether a word for an expense or an income means no more than it usually does: the sign of its amount counts more. */
export const isKind = (text: string): boolean => kinds.has(normalName(text));

const wordsOf = (list: string): Set<string> => new Set(list.split(',').map((word) => word.trim()));

const outerBalances = wordsOf(
  `anfangssaldo, endsaldo, schlusssaldo, alter saldo, neuer saldo, alter kontostand, neuer kontostand, opening balance, closing balance,
  beginning balance, ending balance, balance brought forward, balance carried forward`,
);
const balances = new Set([...outerBalances, 'saldo', 'kontostand', 'balance']);

/** Whether a cell says that its row holds a balance. */
export const isBalance = (text: string): boolean => balances.has(normalName(text));

/** Whether it says so where it describes the row: nobody calls a payment that. Asked of every row, so the common no is a quick one. */
export const isOuterBalance = (text: string): boolean => /saldo|stand|balance/i.test(text) && outerBalances.has(normalName(text));

const statusNames = wordsOf('status, state, transaction status, buchungsstatus, statut, etat, estado, stato, staat');
const failures = wordsOf(
  `failed, declined, denied, rejected, refused, reverted, cancelled, canceled, voided, expired, fehlgeschlagen, abgelehnt, storniert,
  ruckgangig gemacht, zuruckgewiesen, abgebrochen, refuse, rejete, annule, echoue, rechazado, cancelado, anulado, rifiutato, annullato,
  geweigerd, geannuleerd, mislukt`,
);

/** Whether a column's name says that it tells what became of each transaction. */
export const isStatus = (name: string): boolean => statusNames.has(normalName(name));

/** Whether such a cell says that no money has moved. */
export const isFailure = (text: string): boolean => failures.has(normalName(text));
