/** A statement as its bank lays it out, of the owner whose currency is given; every name, number and text in it is made up. */
export interface Statement {
  readonly name: string;
  readonly currency: string;
  readonly encoding: 'utf-8' | 'utf-8 marked' | 'utf-16le' | 'windows-1252';
  readonly invertSign?: boolean;
  readonly text: string;
  /** As a person reads them, below the header: date, amount, currency and description, or what a row is refused for. */
  readonly rows: readonly string[];
}

/** Of Germany, Austria and Switzerland. */
export const germanStatements: readonly Statement[] = [
  {
    name: 'DKB new',
    currency: 'EUR',
    encoding: 'utf-8 marked',
    text: `"Girokonto";"DE02120300000000202051"
""
"Kontostand vom 30.04.2026:";"1.234,56 €"
""
"Buchungsdatum";"Wertstellung";"Status";"Zahlungspflichtige*r";"Zahlungsempfänger*in";"Verwendungszweck";"Umsatztyp";"IBAN";"Betrag (€)";"Gläubiger-ID";"Mandatsreferenz";"Kundenreferenz"
"28.04.26";"28.04.26";"Gebucht";"ISSUER";"Markt";"Einkauf 1";"Ausgang";"DE02";"-4,85";"";"";"1"
"02.04.26";"02.04.26";"Gebucht";"Firma";"Ada";"Gehalt";"Eingang";"DE03";"2.345,67";"";"";"2"`,
    rows: ['2026-04-28 -4.85 EUR Einkauf 1', '2026-04-02 +2345.67 EUR Gehalt'],
  },
  {
    name: 'DKB 2023',
    currency: 'EUR',
    encoding: 'utf-8 marked',
    text: `"Konto";"Girokonto DE02120300000000202051"
""
"Kontostand vom 30.04.2026:";"1.234,56 €"
""
"Buchungsdatum";"Wertstellung";"Status";"Zahlungspflichtige*r";"Zahlungsempfänger*in";"Verwendungszweck";"Umsatztyp";"Betrag";"Gläubiger-ID";"Mandatsreferenz";"Kundenreferenz"
"28.04.26";"28.04.26";"Gebucht";"ISSUER";"Markt";"Einkauf 1";"Ausgang";"-4,85 €";"";"";"1"
"02.04.26";"02.04.26";"Gebucht";"Firma";"Ada";"Gehalt";"Eingang";"2.345,67 €";"";"";"2"`,
    rows: ['2026-04-28 -4.85 EUR Einkauf 1', '2026-04-02 +2345.67 EUR Gehalt'],
  },
  {
    name: 'ING DE',
    currency: 'EUR',
    encoding: 'windows-1252',
    text: `Umsatzanzeige;Datei erstellt am: 30.04.2026 12:00

IBAN;DE02 1203 0000 0000 2020 51
Kontoname;Girokonto
Bank;ING
Kunde;Ada Beispiel
Zeitraum;01.04.2026 - 30.04.2026
Saldo;1.234,56;EUR

Sortierung;Datum absteigend

In der CSV-Datei finden Sie alle bereits gebuchten Umsätze. Die vorgemerkten Umsätze werden nicht aufgenommen, auch wenn sie in Ihrem Internetbanking angezeigt werden.

Buchung;Wertstellungsdatum;Auftraggeber/Empfänger;Buchungstext;Verwendungszweck;Saldo;Währung;Betrag;Währung
28.04.2026;28.04.2026;Markt;Lastschrift;Einkauf 1;1.234,56;EUR;-4,85;EUR
02.04.2026;02.04.2026;Firma;Gehalt/Rente;Gehalt;1.239,41;EUR;2.345,67;EUR`,
    rows: ['2026-04-28 -4.85 EUR Einkauf 1', '2026-04-02 +2345.67 EUR Gehalt'],
  },
  {
    name: 'Commerzbank',
    currency: 'EUR',
    encoding: 'utf-8 marked',
    text: `Buchungstag;Wertstellung;Umsatzart;Buchungstext;Betrag;Währung;IBAN Kontoinhaber;Kategorie
28.04.2026;28.04.2026;Lastschrift;Einkauf 1;-4,85;EUR;DE02120300000000202051;Lebensmittel
02.04.2026;02.04.2026;Gutschrift;Gehalt;2345,67;EUR;DE02120300000000202051;Einkommen`,
    rows: ['2026-04-28 -4.85 EUR Einkauf 1', '2026-04-02 +2345.67 EUR Gehalt'],
  },
  {
    name: 'Volksbank new',
    currency: 'EUR',
    encoding: 'utf-8',
    text: `Bezeichnung Auftragskonto;IBAN Auftragskonto;BIC Auftragskonto;Bankname Auftragskonto;Buchungstag;Valutadatum;Name Zahlungsbeteiligter;IBAN Zahlungsbeteiligter;BIC (SWIFT-Code) Zahlungsbeteiligter;Buchungstext;Verwendungszweck;Betrag;Waehrung;Saldo nach Buchung;Bemerkung;Gekennzeichneter Umsatz;Glaeubiger ID;Mandatsreferenz
Giro;DE02;GENODEF1;VR Bank;28.04.2026;28.04.2026;Markt;DE03;GENODEF1;Basislastschrift;Einkauf 1;-4,85;EUR;1234,56;;;;
Giro;DE02;GENODEF1;VR Bank;02.04.2026;02.04.2026;Firma;DE03;GENODEF1;GUTSCHRIFT;Gehalt;2345,67;EUR;1239,41;;;;`,
    rows: ['2026-04-28 -4.85 EUR Einkauf 1', '2026-04-02 +2345.67 EUR Gehalt'],
  },
  {
    name: 'Volksbank old',
    currency: 'EUR',
    encoding: 'windows-1252',
    text: `"Volksbank Beispiel eG"

"Umsatzanzeige"

"BLZ:";"12345678";;"Datum:";"30.04.2026"
"Konto:";"1234567";;"Uhrzeit:";"12:00:00"
"Abfrage von:";"Ada Beispiel";;"Kontoinhaber:";"Ada Beispiel"

"Zeitraum:";"alle Umsätze";"von:";"01.04.2026";"bis:";"30.04.2026"
"Betrag in EUR:";;"von:";" ";"bis:";" "
"Sortiert nach:";"Buchungstag";"absteigend"

"Buchungstag";"Valuta";"Auftraggeber/Zahlungsempfänger";"Empfänger/Zahlungspflichtiger";"Konto-Nr.";"IBAN";"BLZ";"BIC";"Vorgang/Verwendungszweck";"Kundenreferenz";"Währung";"Umsatz";" "
"28.04.2026";"28.04.2026";"Ada";"Markt";"";"DE02";"";"";"Einkauf 1";"";"EUR";"4,85";"S"
"02.04.2026";"02.04.2026";"Ada";"Firma";"";"DE02";"";"";"Gehalt";"";"EUR";"2.345,67";"H"

"01.04.2026";;;;;;;;;"Anfangssaldo";"EUR";"1.000,00";"H"
"30.04.2026";;;;;;;;;"Endsaldo";"EUR";"3.340,82";"H"`,
    rows: ['2026-04-28 -4.85 EUR Einkauf 1', '2026-04-02 +2345.67 EUR Gehalt', ' not-a-transaction', ' not-a-transaction'],
  },
  {
    name: 'N26 old',
    currency: 'EUR',
    encoding: 'utf-8',
    text: `"Date","Payee","Account number","Transaction type","Payment reference","Amount (EUR)","Amount (Foreign Currency)","Type Foreign Currency","Exchange Rate"
"2026-04-28","Diner","","MasterCard Payment","","-4.85","-5.50","USD","0.8818"
"2026-04-02","Firma","DE02","Income","Gehalt","2345.67","","",""`,
    rows: ['2026-04-28 -4.85 EUR Diner', '2026-04-02 +2345.67 EUR Firma'],
  },
  {
    name: 'N26 new',
    currency: 'CHF',
    encoding: 'utf-8',
    text: `"Booking Date","Value Date","Partner Name","Partner Iban",Type,"Payment Reference","Account Name","Amount (EUR)","Original Amount","Original Currency","Exchange Rate"
2026-04-28,2026-04-27,Diner,,Presentment,,"Main Account",-4.85,-5.50,USD,0.8818
2026-04-02,2026-04-02,Firma,DE02,"Credit Transfer",Gehalt,"Main Account",2345.67,,,`,
    rows: ['2026-04-28 -4.85 EUR Diner', '2026-04-02 +2345.67 EUR Firma'],
  },
  {
    name: 'comdirect',
    currency: 'EUR',
    encoding: 'windows-1252',
    text: `;
"Umsätze Girokonto";"Zeitraum: 30 Tage";
"Neuer Kontostand";"3.340,82 EUR";

"Buchungstag";"Wertstellung (Valuta)";"Vorgang";"Buchungstext";"Umsatz in EUR";
"offen";"30.04.2026";"Kartenverfügung";"Buchungstext: Cafe";"-3,00";
"28.04.2026";"28.04.2026";"Lastschrift / Belastung";"Auftraggeber: Markt Buchungstext: Einkauf 1";"-4,85";
"02.04.2026";"02.04.2026";"Übertrag / Überweisung";"Auftraggeber: Firma Buchungstext: Gehalt";"2.345,67";

"Alter Kontostand";"1.000,00 EUR";`,
    rows: [
      '2026-04-30 -3.00 EUR Buchungstext: Cafe',
      '2026-04-28 -4.85 EUR Auftraggeber: Markt Buchungstext: Einkauf 1',
      '2026-04-02 +2345.67 EUR Auftraggeber: Firma Buchungstext: Gehalt',
      ' not-a-transaction',
    ],
  },
  {
    name: 'Deutsche Bank',
    currency: 'EUR',
    encoding: 'windows-1252',
    text: `Umsätze Girokonto;;;Kundennummer: 123 1234567
01.04.2026 - 30.04.2026
Letzter Kontostand;;;;1.234,56;EUR
Vorgemerkte und noch nicht gebuchte Umsätze sind nicht Bestandteil dieser Übersicht.
Buchungstag;Wert;Umsatzart;Begünstigter / Auftraggeber;Verwendungszweck;IBAN;BIC;Kundenreferenz;Mandatsreferenz ;Gläubiger ID;Fremde Gebühren;Betrag;Abweichender Empfänger;Anzahl der Aufträge;Anzahl der Schecks;Soll;Haben;Währung
28.04.2026;28.04.2026;"SEPA-Lastschrift von";Markt;Einkauf 1;DE02;DEUT;;;;;;;;;-4,85;;EUR
02.04.2026;02.04.2026;"SEPA-Gutschrift von";Firma;Gehalt;DE02;DEUT;;;;;;;;;;2.345,67;EUR
Kontostand;30.04.2026;;;1.234,56;EUR`,
    rows: ['2026-04-28 -4.85 EUR Einkauf 1', '2026-04-02 +2345.67 EUR Gehalt', '/amount required, /date date-malformed'],
  },
  {
    name: 'Postbank old',
    currency: 'EUR',
    encoding: 'windows-1252',
    text: `Name;Ada
BLZ;10010010
Kontostand;1.234,56 €

"Buchungstag";"Wertstellung";"Umsatzart";"Buchungsdetails";"Auftraggeber";"Empfänger";"Betrag (€)";"Saldo (€)"
"28.04.2026";"28.04.2026";"Lastschrift";"Einkauf 1";"Ada";"Markt";"-4,85 €";"3.340,82 €"
"02.04.2026";"02.04.2026";"Gutschrift";"Gehalt";"Firma";"Ada";"2.345,67 €";"3.345,67 €"`,
    rows: ['2026-04-28 -4.85 EUR Einkauf 1', '2026-04-02 +2345.67 EUR Gehalt'],
  },
  {
    name: 'PayPal DE',
    currency: 'EUR',
    encoding: 'utf-8 marked',
    text: `"Datum","Uhrzeit","Zeitzone","Beschreibung","Währung","Brutto","Entgelt","Netto","Guthaben","Transaktionscode","Absender E-Mail-Adresse","Name","Name der Bank"
"28.04.2026","10:11:12","Europe/Berlin","Handyzahlung","USD","-4,85","0,00","-4,85","0,00","1AB","a@example.com","Shop",""
"02.04.2026","10:11:12","Europe/Berlin","Zahlung","USD","2.400,00","-54,33","2.345,67","4,85","2AB","c@example.com","Käufer",""`,
    rows: ['2026-04-28 -4.85 USD Shop', '2026-04-02 +2345.67 USD Käufer'],
  },
  {
    name: 'UBS',
    currency: 'EUR',
    encoding: 'utf-8 marked',
    text: `Kontonummer:;0123 00123456.40;
IBAN:;CH12 0000 0000 0000 0000 0;
Von:;2026-04-01;
Bis:;2026-04-30;
Anfangssaldo:;1000.00;
Schlusssaldo:;3340.82;
Bewertet in:;CHF;
Anzahl Transaktionen in diesem Zeitraum:;2;

Abschlussdatum;Abschlusszeit;Buchungsdatum;Valutadatum;Währung;Belastung;Gutschrift;Einzelbetrag;Saldo;Transaktions-Nr.;Beschreibung1;Beschreibung2;Beschreibung3;Fussnoten;
2026-04-28;10:11:12;2026-04-28;2026-04-28;CHF;-4.85;;;995.15;9930;"Coop";"Zahlung Debitkarte";;;
2026-04-02;;2026-04-02;2026-04-02;CHF;;2345.67;;1000.00;9931;"Firma";"Gutschrift";;;`,
    rows: ['2026-04-28 -4.85 CHF Coop', '2026-04-02 +2345.67 CHF Firma'],
  },
  {
    name: 'PostFinance',
    currency: 'EUR',
    encoding: 'utf-8 marked',
    text: `Datum von:;="2026-04-01"
Datum bis:;="2026-04-30"
Buchungsart:;="Alle Buchungen"
Konto:;="CH1200000000000000000"
Währung:;="CHF"

Datum;Bewegungstyp;Avisierungstext;Gutschrift in CHF;Lastschrift in CHF;Label;Kategorie
28.04.2026;Kauf/Dienstleistung;"KAUF VOM 27.04. COOP";;-4.85;"";""
02.04.2026;Gutschrift;"GUTSCHRIFT FIRMA";2345.67;;"";""

Disclaimer:
Dies ist kein durch die PostFinance AG erstelltes Dokument. Die PostFinance AG ist nicht verantwortlich für den Inhalt.`,
    rows: [
      '2026-04-28 -4.85 CHF KAUF VOM 27.04. COOP',
      '2026-04-02 +2345.67 CHF GUTSCHRIFT FIRMA',
      '/amount required, /date date-malformed',
      '/amount required, /date date-malformed',
    ],
  },
  {
    name: 'Erste',
    currency: 'CHF',
    encoding: 'utf-16le',
    text: `"Buchungsdatum","Partnername","Partner IBAN","BIC/SWIFT","Partner Kontonummer","Bankleitzahl","Betrag","Währung","Buchungs-Info","Buchungsreferenz","Notiz"
"28.04.2026","Bäckerei","","","","","-4,85","EUR","Bäckerei WIEN","1",""
"02.04.2026","Firma","AT12","GIBAATWW","","20111","2.345,67","EUR","Gehalt","2",""`,
    rows: ['2026-04-28 -4.85 EUR Bäckerei', '2026-04-02 +2345.67 EUR Firma'],
  },
  {
    name: 'Raiffeisen AT',
    currency: 'CHF',
    encoding: 'utf-8 marked',
    text: `28.04.2026;"Bezahlung Karte Bäckerei WIEN";28.04.2026;-4,85;EUR;28.04.2026 10:11:12:123
02.04.2026;"Gutschrift Firma Gehalt";02.04.2026;2.345,67;EUR;02.04.2026 01:02:03:456`,
    rows: ['2026-04-28 -4.85 EUR Bezahlung Karte Bäckerei WIEN', '2026-04-02 +2345.67 EUR Gutschrift Firma Gehalt'],
  },
  {
    name: 'a spreadsheet',
    currency: 'EUR',
    encoding: 'utf-8',
    text: `Tabelle 1;;
Datum;Text;Betrag
28.04.2026;Bäcker;-4,85 €
02.04.2026;Gehalt;2.345,67 €
Summe;;2.340,82 €`,
    rows: ['2026-04-28 -4.85 EUR Bäcker', '2026-04-02 +2345.67 EUR Gehalt', '/date date-malformed'],
  },
];
