/** What a column can be read for. */
export const columnFields = ['date', 'amount', 'debit', 'credit', 'description', 'category', 'source', 'currency', 'type', 'tags'] as const;
export type ColumnField = (typeof columnFields)[number];

/** Names that banks and finance programs give their columns, in English, German, French, Spanish, Dutch, Italian and Portuguese, in
 *  normal form (see `normalName`); of several columns that fit, the one named first here is taken. */
const names: Readonly<Record<ColumnField, string>> = {
  date: `date, transaction date, booking date, posting date, posted date, post date, trans date, date posted, transaction post date,
    operation date, completed date, date completed, started date, timestamp, entry date, value date, day,
    buchungstag, buchungsdatum, datum, buchung, belegdatum, umsatzdatum, tag, valutadatum, wertstellung, wertstellungsdatum, wertstellungstag, valuta,
    date operation, date de l operation, date d operation, date comptable, date de comptabilisation, date comptabilisation,
    date de transaction, date transaction, date de valeur, date valeur,
    fecha, fecha operacion, fecha de operacion, fecha de la operacion, f operacion, fecha contable, fecha movimiento, fecha valor, f valor, dia,
    boekdatum, boekingsdatum, transactiedatum, datum transactie, datum boeking, valutadatum, rentedatum,
    data, data operazione, data contabile, data movimento, data registrazione, data contabilizzazione, data valuta,
    data lancamento, data do lancamento, data da operacao, data operacao, data mov, data transacao, data da transacao, data valor`,
  amount: `amount, transaction amount, amount in account currency, value, sum, total, net amount, billing amount,
    betrag, umsatz, buchungsbetrag, summe, wert, betrag in eur, umsatz in eur,
    montant, montant de l operation, montant operation, somme,
    importe, importe de la operacion, importe operacion, cantidad, monto, valor,
    bedrag, transactiebedrag, bedrag bij af, som,
    importo, ammontare, importo operazione,
    montante, quantia, valor da operacao, valor da transacao`,
  debit: `debit, debits, debit amount, amount debit, withdrawal, withdrawals, withdrawal amount, withdrawal amt, paid out, money out, outflow, spent,
    soll, belastung, belastungen, lastschrift, lastschriften, ausgang, ausgabe, ausgaben, abgang,
    debit euros, montant debit, depense, depenses, retrait, retraits, sortie, sorties,
    debe, cargo, cargos, gasto, gastos, importe debe, importe cargo, adeudo,
    debet, uitgave, uitgaven, afschrijving, bedrag af,
    dare, addebito, addebiti, uscita, uscite, importo addebito,
    debito, debitos, saida, saidas, despesa, despesas`,
  credit: `credit, credits, credit amount, amount credit, deposit, deposits, deposit amount, deposit amt, paid in, money in, inflow, received,
    haben, gutschrift, gutschriften, eingang, einnahme, einnahmen, zugang,
    credit euros, montant credit, recette, recettes, versement, versements, entree, entrees,
    haber, abono, abonos, ingreso, ingresos, importe haber, importe abono,
    inkomst, inkomsten, bijschrijving, bedrag bij,
    avere, accredito, accrediti, entrata, entrate, importo accredito,
    credito, creditos, entrada, entradas, receita, receitas`,
  description: `description, transaction description, details, transaction details, narrative, narration, particulars, memo, payee,
    merchant, merchant name, name, reference, text, note, notes, title, transaction, item,
    verwendungszweck, buchungstext, beschreibung, bezeichnung, buchungsdetails, umsatztext, zahlungsempfanger, zahlungsempfaenger,
    auftraggeber empfanger, empfanger, empfaenger, beguenstigter zahlungspflichtiger, name zahlungsbeteiligter, notiz, vorgang,
    libelle, libelle operation, libelle de l operation, libelle simplifie, intitule, detail, details de l ecriture, nature, motif, communication,
    concepto, descripcion, detalle, observaciones, concepto ampliado, movimiento,
    omschrijving, naam omschrijving, omschrijving 1, mededelingen, naam tegenpartij, naam, details van de mededeling,
    descrizione, causale, descrizione operazione, dettagli, operazione,
    descricao, historico, lancamento, descricao do movimento, movimento`,
  category: `category, categories, category name, subcategory, budget category,
    kategorie, kategorien, rubrik, categorie, categories, sous categorie, rubrique, categoria, categorias, rubriek, rubro`,
  source: `source, income source, quelle, einnahmequelle, source de revenu, fuente, bron, fonte`,
  currency: `currency, currency code, transaction currency, account currency, ccy, iso currency,
    wahrung, waehrung, devise, monnaie, moneda, divisa, munt, muntsoort, valuta, moeda`,
  type: `type, transaction type, debit credit, credit debit, credit debit indicator, debit credit indicator, dr cr, cr dr, d c, dc, indicator, details,
    soll haben, soll haben kennzeichen, s h, typ, umsatzart, art, kennzeichen,
    sens, debit ou credit, type operation, type d operation,
    tipo, tipo movimiento, tipo de movimiento, signo, debe haber,
    af bij, bij af, debet credit, soort, dare avere, segno, tipo operazione, tipo de operacao, tipo movimento, natureza`,
  tags: `tags, tag, labels, label, schlagworte, schlagworter, stichworte, etiquettes, etiquetas, trefwoorden, etichette, marcadores`,
};

type Fits = Partial<Record<ColumnField, number>>;
const ranks = new Map<string, Fits>();
for (const field of columnFields) {
  for (const [rank, name] of names[field].split(',').entries()) {
    const normal = name.trim().replaceAll(/\s+/g, ' ');
    ranks.set(normal, { [field]: rank, ...ranks.get(normal) });
  }
}

/** Lower case, without accents; everything but letters and digits is a space. `Libellé de l'opération` is `libelle de l operation`. */
export const normalName = (name: string): string =>
  name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('\u00df', 'ss')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

const longestName = 64;

/** A name as it is, without what stands in brackets, and without a currency at its end. */
function spellings(name: string): string[] {
  const whole = normalName(name);
  const bare = normalName(name.replaceAll(/\([^)]*\)|\[[^\]]*\]/g, ' '));
  return [whole, bare, bare.replace(/(?: (?:in|en))?(?: (?:eur|euros?|usd|gbp|chf))?$/, '')];
}

/** The fields that a column's name fits, and how well: 0 best. */
export function fitsOf(name: string): Fits {
  if (name.length > longestName || !/\p{L}/u.test(name)) return {};
  for (const spelling of spellings(name)) {
    const fits = ranks.get(spelling);
    if (fits) return fits;
  }
  return {};
}

const expenseWords = `expense, expenses, debit, dbit, d, dr, db, withdrawal, payment, ausgabe, ausgang, soll, s, belastung, lastschrift, depense,
  gasto, cargo, debe, adeudo, af, debet, uitgave, uscita, addebito, dare, saida, despesa, debito`;
const incomeWords = `income, credit, crdt, c, cr, deposit, einnahme, eingang, haben, h, gutschrift, revenu, recette, ingreso, abono, haber, bij,
  inkomst, inkomsten, entrata, accredito, avere, entrada, receita, credito`;
const typeWords = new Map<string, 'expense' | 'income'>([
  ...expenseWords.split(',').map((word) => [word.trim(), 'expense'] as const),
  ...incomeWords.split(',').map((word) => [word.trim(), 'income'] as const),
]);

/** What a type cell says (`Soll`, `H`, `Af`, `CRDT`, `expense`); null where it is no word for either. */
export const typeOf = (text: string): 'expense' | 'income' | null => typeWords.get(normalName(text)) ?? null;
