/** Statements as banks lay them out; every name, number and text in them is made up. */
const lines = (...all: string[]): string => `${all.join('\r\n')}\r\n`;

/** A German savings bank: lines above the table, Windows-1252, two-digit years, decimal commas, value date beside the booking date. */
export const savingsBank = Buffer.from(
  lines(
    '"Kontoinhaber";"M\u00fcller, J\u00f6rg"',
    '"Zeitraum";"01.04.2026 - 30.04.2026"',
    '',
    '"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Glaeubiger ID";"Beguenstigter/Zahlungspflichtiger";"Betrag";"Waehrung";"Info"',
    '"DE02120300000000202051";"30.04.26";"30.04.26";"KARTENZAHLUNG";"B\u00e4ckerei K\u00f6nig; Filiale 7";"";"B\u00e4ckerei K\u00f6nig";"-4,85";"EUR";"Umsatz gebucht"',
    '"DE02120300000000202051";"28.04.26";"29.04.26";"LOHN GEHALT";"Gehalt April";"";"Beispiel GmbH";"2.345,67";"EUR";"Umsatz gebucht"',
    '"DE02120300000000202051";"02.04.26";"02.04.26";"LASTSCHRIFT";"Miete \u0080 warm";"DE98ZZZ09999999999";"Hausverwaltung";"-1.050,00";"EUR";"Umsatz gebucht"',
  ),
  'latin1',
);

/** A bank in the United States: quotes, month first, running balance, a kind of transaction that is no sign. */
export const americanBank = Buffer.from(
  lines(
    'Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #',
    'DEBIT,04/28/2026,"COFFEE ""CORNER"" #12, PORTLAND OR",-6.75,DEBIT_CARD,1993.25,,',
    'CREDIT,04/15/2026,"PAYROLL ACME INC",2000.00,ACH_CREDIT,2000.00,,',
  ),
);

/** A French bank: debit and credit in columns of their own, the debit with a minus, accents in UTF-8 with a byte order mark. */
export const frenchBank = Buffer.from(
  `\ufeff${lines(
    'Date op\u00e9ration;Date de valeur;Libell\u00e9;D\u00e9bit;Cr\u00e9dit;Cat\u00e9gorie',
    '28/04/2026;29/04/2026;CARTE BOULANGERIE \u00c9T\u00c9;-12,40;;Alimentation',
    '01/04/2026;01/04/2026;VIR SALAIRE;;1850,00;Revenus',
    '03/04/2026;03/04/2026;LOYER AVRIL;-700,5;;Logement',
  )}`,
);

/** A Dutch bank: days without separators, amounts without signs, and a column that says whether it went out. */
export const dutchBank = Buffer.from(
  lines(
    '"Datum","Naam / Omschrijving","Rekening","Tegenrekening","Code","Af Bij","Bedrag (EUR)","Mutatiesoort","Mededelingen"',
    '"20260428","Groenteboer Jansen","NL20INGB0001234567","","BA","Af","13,37","Betaalautomaat","Pasvolgnr: 001"',
    '"20260424","Werkgever BV","NL20INGB0001234567","NL44RABO0123456789","OV","Bij","2.150,00","Overschrijving","Salaris april"',
  ),
);

/** A finance program's export: tabs, UTF-16, a day with its time, tags. */
export const programExport = Buffer.from(
  `\ufeff${lines(
    'Transaction Date\tPayee\tAmount\tCurrency\tCategory\tTags',
    '2026-04-28 18:30:00\tZo\u00eb\u2019s D\u00f6ner \ud83c\udf2f\t-8.50\tEUR\tFood\tout; friends',
    '2026-04-27 08:00:00\tBus\t-2,000\tJPY\tTravel\t',
  )}`,
  'utf16le',
);

/** A Spanish bank: lines above the table, one amount column. */
export const spanishBank = Buffer.from(
  lines(
    'Movimientos de la cuenta;;;',
    'Saldo disponible;1.234,56;;',
    'Fecha;Concepto;Importe;Divisa',
    '30/04/2026;Compra supermercado;-45,20;EUR',
    '29/04/2026;N\u00f3mina;1.800,00;EUR',
  ),
);

/** No header at all, and empty columns. */
export const headerless = Buffer.from(
  lines('"04/28/2026","-12.50","*","","GROCERY OUTLET"', '"04/13/2026","1500.00","*","","DIRECT DEPOSIT PAYROLL"'),
);
