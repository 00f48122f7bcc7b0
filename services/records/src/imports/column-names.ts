import { isCurrency } from '@commonpurse/shared/money';

/** What a column can be read for. */
export const columnFields = ['date', 'amount', 'debit', 'credit', 'description', 'category', 'source', 'currency', 'type', 'tags'] as const;
export type ColumnField = (typeof columnFields)[number];

/** Names that banks and finance programs give their columns, in English, German, French, Spanish, Dutch, Italian, Portuguese, the Nordic
 *  languages, Polish, Czech, Japanese, and the words that statements use most elsewhere, in
 *  normal form (see `normalName`); of several columns that fit, the one named first here is taken. */
const names: Readonly<Record<ColumnField, string>> = {
  date: `date, transaction date, booking date, posting date, posted date, post date, trans date, date posted, transaction post date,
    operation date, completed date, transactiondate, date completed, tran date, started date, timestamp, entry date, value date, day,
    buchungstag, buchungsdatum, datum, buchung, belegdatum, umsatzdatum, tag,
    date operation, date de l operation, date d operation, date comptable, date de comptabilisation, date comptabilisation,
    date de transaction, date transaction, date de valeur, date valeur,
    fecha, fecha operacion, fecha de operacion, fecha de la operacion, f operacion, fecha contable, fecha movimiento, fecha valor, f valor, dia,
    boekdatum, boekingsdatum, transactiedatum, datum transactie, datum boeking, rentedatum,
    data, data operazione, data contabile, data movimento, data registrazione, data contabilizzazione, data valuta,
    data lancamento, data do lancamento, data da operacao, data operacao, data mov, data transacao, data da transacao, data valor,
    bokforingsdag, bokforingsdatum, transaktionsdag, transaktionsdatum, valutadag, dato, bokf\u00f8ringsdato, bogf\u00f8ringsdato, rentedato,
    kirjauspaiva, arvopaiva, maksupaiva, paivamaara, data operacji, data transakcji, data ksiegowania, data waluty,
    datum zauctovani, datum provedeni, datum transakce, \u65e5\u4ed8, \u53d6\u5f15\u65e5, \u3054\u5229\u7528\u65e5, \u5229\u7528\u65e5,
    \u5e74\u6708\u65e5,
    tarih, islem tarihi, \u03b7\u03bc\u03b5\u03c1\u03bf\u03bc\u03b7\u03bd\u03b9\u03b1, \u0434\u0430\u0442\u0430,
    \u0434\u0430\u0442\u0430 \u043e\u043f\u0435\u0440\u0430\u0446\u0438\u0438,
    \u0434\u0430\u0442\u0430 \u043e\u043f\u0435\u0440\u0430\u0446\u0456\u0457,
    \u0434\u0430\u0442\u0430 i \u0447\u0430\u0441 \u043e\u043f\u0435\u0440\u0430\u0446\u0456\u0457, \u05ea\u05d0\u05e8\u05d9\u05da,
    \u4ea4\u6613\u65f6\u95f4, \u4ea4\u6613\u65e5\u671f, \u4ed8\u6b3e\u65f6\u95f4, \u4ea4\u6613\u521b\u5efa\u65f6\u95f4, \u65e5\u671f,
    \u5e33\u52d9\u65e5\u671f, \uac70\ub798\uc77c\uc2dc, \uac70\ub798\uc77c\uc790,
    \uac70\ub798\uc77c, tanggal, tanggal transaksi, \u0e27\u0e31\u0e19\u0e17\u0e35\u0e48,
    valutadatum, wertstellung, wertstellungsdatum, wertstellungstag, valuta`,
  amount: `amount, amount in account currency, billing amount, transaction amount, value, sum, total, net amount,
    betrag, umsatz, buchungsbetrag, summe, wert, betrag in eur, umsatz in eur,
    montant, montant de l operation, montant operation, somme,
    importe, importe de la operacion, importe operacion, cantidad, monto, valor,
    bedrag, transactiebedrag, bedrag bij af, som,
    importo, ammontare, importo operazione,
    montante, quantia, valor da operacao, valor da transacao,
    amt, price, cost, net, gross, netto, brutto, belopp, bel\u00f8b, bel\u00f8p, summa, maara, maara euroa,
    kwota, kwota operacji, kwota transakcji, castka, \u91d1\u984d,
    cout, coste, costo, custo, card currency amount, tutar, islem tutari, \u03c0\u03bf\u03c3\u03bf, \u0441\u0443\u043c\u043c\u0430,
    \u0441\u0443\u043c\u043c\u0430 \u043f\u043b\u0430\u0442\u0435\u0436\u0430,
    \u0441\u0443\u043c\u043c\u0430 \u043e\u043f\u0435\u0440\u0430\u0446\u0438\u0438,
    \u0441\u0443\u043c\u043c\u0430 \u0432 \u0432\u0430\u043b\u044e\u0442\u0435 \u0441\u0447\u0435\u0442\u0430, \u0441\u0443\u043c\u0430,
    \u0441\u0443\u043c\u0430 \u0432 \u0432\u0430\u043b\u044e\u0442\u0456 \u043a\u0430\u0440\u0442\u043a\u0438, \u05e1\u05db\u05d5\u05dd,
    \u91d1\u989d, \uac70\ub798\uae08\uc561, \uae08\uc561, jumlah, iznos, osszeg, \u0e08\u0e33\u0e19\u0e27\u0e19\u0e40\u0e07\u0e34\u0e19`,
  debit: `debit, debits, debit amount, amount debit, withdrawal, withdrawals, withdrawal amount, withdrawal amt, paid out, money out, outflow, spent,
    amount spent, amount out, expense, expenses, expense amount, charge, charges, purchases, out, dr,
    soll, belastung, belastungen, lastschrift, lastschriften, ausgang, ausgabe, ausgaben, abgang,
    debit euros, montant debit, depense, depenses, retrait, retraits, sortie, sorties,
    debe, cargo, cargos, gasto, gastos, salida, salidas, importe debe, importe cargo, adeudo,
    debet, uitgave, uitgaven, afschrijving, bedrag af,
    dare, addebito, addebiti, uscita, uscite, importo addebito,
    debito, debitos, saida, saidas, despesa, despesas,
    uttag, ut, ud, ut fra konto, ut av konto, obciazenia, wydatki, \u51fa\u91d1, \u51fa\u91d1\u984d, \u51fa\u91d1\u91d1\u984d,
    \u304a\u5f15\u51fa\u3057, \u304a\u5f15\u304d\u51fa\u3057, \u652f\u6255\u3044\u91d1\u984d, \u304a\u652f\u6255\u3044\u91d1\u984d,
    \u5229\u7528\u91d1\u984d, \u3054\u5229\u7528\u91d1\u984d,
    withdrawn, debited, amount debited, borc, \u03c7\u03c1\u03b5\u03c9\u03c3\u03b7, \u0434\u0435\u0431\u0435\u0442, \u0434\u0435\u0431\u0438\u0442,
    \u0440\u0430\u0441\u0445\u043e\u0434, \u0441\u043f\u0438\u0441\u0430\u043d\u0438\u0435, \u0432\u0438\u0442\u0440\u0430\u0442\u0438, isplata,
    isplate, terheles, \u05d1\u05d7\u05d5\u05d1\u05d4, \u05d7\u05d5\u05d1\u05d4, \u652f\u51fa, \u652f\u51fa\u91d1\u989d, \u652f\u51fa\u91d1\u984d,
    \ucd9c\uae08, \ucd9c\uae08\uc561, \u0e16\u0e2d\u0e19\u0e40\u0e07\u0e34\u0e19`,
  credit: `credit, credits, credit amount, amount credit, deposit, deposits, deposit amount, deposit amt, paid in, money in, inflow, received,
    amount received, amount in, income, income amount, in, cr,
    haben, gutschrift, gutschriften, eingang, einnahme, einnahmen, zugang,
    credit euros, montant credit, recette, recettes, versement, versements, entree, entrees,
    haber, abono, abonos, ingreso, ingresos, importe haber, importe abono,
    inkomst, inkomsten, bijschrijving, bedrag bij,
    avere, accredito, accrediti, entrata, entrate, importo accredito,
    credito, creditos, entrada, entradas, receita, receitas,
    insattning, inn, ind, inn pa konto, uznania, wp\u0142ywy, \u5165\u91d1, \u5165\u91d1\u984d, \u5165\u91d1\u91d1\u984d,
    \u304a\u9810\u5165\u308c, \u304a\u9810\u3051\u5165\u308c, \u9810\u304b\u308a\u91d1\u984d, \u304a\u9810\u308a\u91d1\u984d,
    credited, amount credited, alacak, \u03c0\u03b9\u03c3\u03c4\u03c9\u03c3\u03b7, \u043a\u0440\u0435\u0434\u0438\u0442,
    \u0434\u043e\u0445\u043e\u0434, \u0437\u0430\u0447\u0438\u0441\u043b\u0435\u043d\u0438\u0435,
    \u043d\u0430\u0434\u0445\u043e\u0434\u0436\u0435\u043d\u043d\u044f, kredit, uplata, uplate, jovairas, \u05d1\u05d6\u05db\u05d5\u05ea,
    \u05d6\u05db\u05d5\u05ea, \u6536\u5165, \u6536\u5165\u91d1\u989d, \u6536\u5165\u91d1\u984d, \u53ce\u5165, \u5b58\u5165, \u5b58\u5165\u91d1\u984d,
    \uc785\uae08, \uc785\uae08\uc561, \u0e1d\u0e32\u0e01\u0e40\u0e07\u0e34\u0e19`,
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
    popis, zprava, \u5185\u5bb9, \u6458\u8981\u5185\u5bb9, \u6458\u8981, \u304a\u53d6\u308a\u6271\u3044\u5185\u5bb9,
    \u5229\u7528\u5e97\u540d \u5546\u54c1\u540d, \u3054\u5229\u7528\u5e97\u540d, label, comment, comments,
    item or payee, supplier, remarks, transaction remarks, handler, haendler, aciklama, \u03b1\u03b9\u03c4\u03b9\u03bf\u03bb\u03bf\u03b3\u03b9\u03b1,
    \u043e\u043f\u0438\u0441\u0430\u043d\u0438\u0435,
    \u043d\u0430\u0437\u043d\u0430\u0447\u0435\u043d\u0438\u0435 \u043f\u043b\u0430\u0442\u0435\u0436\u0430,
    \u043e\u043f\u0438\u0441 \u043e\u043f\u0435\u0440\u0430\u0446\u0456\u0457,
    \u0434\u0435\u0442\u0430\u043b\u0456 \u043e\u043f\u0435\u0440\u0430\u0446\u0456\u0457, \u05ea\u05d9\u05d0\u05d5\u05e8, \u5546\u54c1\u8bf4\u660e,
    \u5546\u54c1, \u5546\u54c1\u540d\u79f0, \u4ea4\u6613\u5bf9\u65b9, \u4ea4\u6613\u5907\u6ce8, \uc801\uc694, \ub0b4\uc6a9, keterangan, kozlemeny,
    descriere,
    detalii tranzactie, \u0e23\u0e32\u0e22\u0e01\u0e32\u0e23`,
  category: `category, categories, category name, subcategory, budget category,
    kategorie, kategorien, rubrik, categorie, categories, sous categorie, rubrique, categoria, categorias, rubriek, rubro,
    kategoria, kategori, spending category,
    \u043a\u0430\u0442\u0435\u0433\u043e\u0440\u0438\u044f, \u043a\u0430\u0442\u0435\u0433\u043e\u0440\u0456\u044f, \u4ea4\u6613\u5206\u7c7b,
    \uce74\ud14c\uace0\ub9ac`,
  source: `source, income source, quelle, einnahmequelle, source de revenu, fuente, bron, fonte`,
  currency: `currency, currency code, billing currency, transaction currency, account currency, payment currency, ccy, iso currency,
    wahrung, waehrung, buchungswahrung, kontowahrung, devise, devise du compte, monnaie, moneda, divisa, munt, muntsoort, munteenheid, devies,
    valutacode, valuta rekening, valuta, valuutta, moeda,
    waluta, mena,
    para birimi, doviz, \u03bd\u03bf\u03bc\u03b9\u03c3\u03bc\u03b1, \u0432\u0430\u043b\u044e\u0442\u0430,
    \u0432\u0430\u043b\u044e\u0442\u0430 \u043a\u0430\u0440\u0442\u043a\u0438,
    \u0432\u0430\u043b\u044e\u0442\u0430 \u0441\u0447\u0435\u0442\u0430,
    \u0432\u0430\u043b\u044e\u0442\u0430 \u043f\u043b\u0430\u0442\u0435\u0436\u0430,
    \u0432\u0430\u043b\u044e\u0442\u0430 \u043e\u043f\u0435\u0440\u0430\u0446\u0438\u0438, \u0432\u0430\u043b\u0443\u0442\u0430,
    \u05de\u05d8\u05d1\u05e2, \u5e01\u79cd,
    \u8d27\u5e01, \u5e63\u5225, \ud1b5\ud654, mata uang, deviza, devizanem, osszeg devizaneme, \u0e2a\u0e01\u0e38\u0e25\u0e40\u0e07\u0e34\u0e19`,
  type: `type, transaction type, debit credit, credit debit, credit debit indicator, debit credit indicator, dr cr, cr dr, d c, dc, indicator,
    details,
    soll haben, soll haben kennzeichen, s h, typ, umsatzart, art, kennzeichen,
    sens, debit ou credit, type operation, type d operation,
    tipo, tipo movimiento, tipo de movimiento, signo, debe haber,
    af bij, bij af, debet credit, creditdebet, soort, dare avere, segno, tipo operazione, tipo de operacao, tipo movimento, natureza,
    direction, sign, vorzeichen, signe, znak, income expense, expense income, belegart,
    \u6536 \u652f, \u03c0\u03c1\u03bf\u03c3\u03b7\u03bc\u03bf, \u03c0\u03c1\u03bf\u03c3\u03b7\u03bc\u03bf \u03c0\u03bf\u03c3\u03bf\u03c5, db cr,
    debet kredit, \u0442\u0438\u043f, \u0442\u0438\u043f \u043e\u043f\u0435\u0440\u0430\u0446\u0438\u0438`,
  tags: `tags, tag, labels, label, schlagworte, schlagworter, stichworte, etiquettes, etiquetas, trefwoorden, etichette, marcadores`,
};

/** Lower case, without accents; everything but letters and digits is a space. `Libellé de l'opération` is `libelle de l operation`. */
export const normalName = (name: string): string =>
  name
    // Those that stand by themselves first: to bring many into their order takes the square of their number.
    .replaceAll(/\p{M}/gu, '')
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
/** Of normal names that tell of abroad, or of what was there first. */
const elsewhere = /foreign|orig|local|fremd|urspr|etrang|\b(?:aus|ut)l(?:and|\b)/;
/** "Amount (foreign currency)" is beside what was paid, not instead of it. */
const isForeign = (name: string): boolean => (name.match(/[([][^)\]]*/g) ?? []).some((part) => elsewhere.test(normalName(part)));

/** Up to the next bracket of its kind, and no further: what is opened a hundred thousand times is not looked through to its end as often. */
const inBrackets = /\([^()]*\)|\uff08[^\uff08\uff09]*\uff09|\[[^[\]]*\]/g;

/** A name as it is, without what stands in brackets, and without a currency at its end or in front. */
function spellings(name: string): string[] {
  const whole = normalName(name);
  const bare = normalName(name.replaceAll(inBrackets, ' '));
  const behind = bare.replace(/(?: (?:in|en))?(?: (?:euros?|[a-z]{3}))?$/, (end) => (codeIn(end.trim()) === null ? end : ''));
  return [whole, bare, behind, behind.replace(/^[a-z]{3} /, (code) => (codeOf(code.trim()) === null ? code : ''))];
}

/** Words that usually mean no currency, though they are the codes of some. */
const words = new Set(['all', 'bob', 'cup', 'gel', 'mad', 'mop', 'pen', 'ron', 'top', 'try']);

/** A word of a normal name as the code of a currency, in capitals; null: it is none. */
function codeOf(word: string): string | null {
  if (/^euros?$/.test(word)) return 'EUR';
  return !words.has(word) && isCurrency(word.toUpperCase()) ? word.toUpperCase() : null;
}

/** The code of a currency at the end of a normal name, or else in front (`betrag in euro`, `usd amount`), in capitals; null: there is none. */
export const codeIn = (normal: string): string | null =>
  codeOf(normal.slice(normal.lastIndexOf(' ') + 1)) ?? codeOf(normal.slice(0, Math.max(0, normal.indexOf(' '))));

/** The fields that a column's name fits, and how well: 0 best. */
export function fitsOf(name: string): Fits {
  if (name.length > longestName || !/\p{L}/u.test(name) || isForeign(name)) return {};
  for (const spelling of spellings(name)) {
    const fits = ranks.get(spelling);
    if (fits) return fits;
  }
  return {};
}

const isElsewhere = (name: string, others: RegExp): boolean => [elsewhere, others].some((list) => list.test(normalName(name)));

/** Whether a column's name says that it is about money as it was elsewhere: in another currency, or before it was exchanged. */
export const isOfForeign = (name: string): boolean => isElsewhere(name, /exchange|convert/);

/** Whether a column's name says that its amounts are what was paid abroad. */
export const holdsForeignAmounts = (name: string): boolean => isElsewhere(name, /\bi valuta|^currency amount$/) && !holdsOtherNumbers(name);

/** The words of a list with commas between them, in normal form. */
export const wordsOf = (list: string): Set<string> => new Set(list.split(',').map(normalName));

const otherWords = wordsOf(
  `balance, bal, saldo, salden, solde, kontostand, guthaben, saldi, zustatek, bilans, fee, fees, gebuhr, gebuhren, entgelt, frais, kosten,
  comision, commission, commissione, commissioni, taxa, tax, vat, rate, kurs, koers, cours, cambio, id, no, nr, number, nummer, numero, numer,
  cislo, account, konto, kontonummer, kontonr, compte, cuenta, conto, conta, rekening, rekeningnummer, rachunek, iban, code, count, index,
  reference, referenz, ref, \u6b8b\u9ad8,
  bakiye, \u03c5\u03c0\u03bf\u03bb\u03bf\u03b9\u03c0\u03bf, \u043e\u0441\u0442\u0430\u0442\u043e\u043a, \u0431\u0430\u043b\u0430\u043d\u0441,
  \u0441\u0430\u043b\u0434\u043e, \u0437\u0430\u043b\u0438\u0448\u043e\u043a, \u043a\u043e\u043c\u0438\u0441\u0441\u0438\u044f,
  \u043a\u043e\u043c\u0456\u0441\u0456\u044f, stanje, egyenleg, \u05d9\u05ea\u05e8\u05d4, \u05d4\u05d9\u05ea\u05e8\u05d4, \u4f59\u989d,
  \u9918\u984d, \u624b\u7eed\u8d39, \uc794\uc561, \u0e04\u0e07\u0e40\u0e2b\u0e25\u0e37\u0e2d`,
);

/** Whether a column's name says that its numbers are no amounts: a balance, a fee, a rate, the number of an account. */
export function isNamedOtherwise(name: string): boolean {
  const fits = fitsOf(name);
  if (fits.amount !== undefined || fits.debit !== undefined || fits.credit !== undefined) return false;
  return Object.keys(fits).length > 0 || holdsOtherNumbers(name);
}

const costs = wordsOf('cost, price, cout, coste, costo, custo');

/** Whether a column's name says that its amounts were paid for something. */
export const holdsCosts = (name: string): boolean => spellings(name).some((spelling) => costs.has(spelling));

const nets = new Set(['net', 'netto', 'net amount']);
const addedTaxes = wordsOf('vat, mwst, ust, umsatzsteuer, mehrwertsteuer, tva, iva, btw, moms, gst');

/** Whether a column's name says that something was kept back from its amounts, or comes on top of them. */
export const isNet = (name: string): boolean => spellings(name).some((spelling) => nets.has(spelling));

/** Whether a column's name says that it holds value added tax. */
export const isAddedTax = (name: string): boolean =>
  normalName(name)
    .split(' ')
    .some((word) => addedTaxes.has(word));

/** Whether a column's name says that it holds numbers, and of something else than amounts. */
export const holdsOtherNumbers = (name: string): boolean =>
  spellings(name).some((spelling) => spelling.split(' ').some((word) => otherWords.has(word)));
