import type { Statement } from './statements.ts';

/** In a currency that is not the owner's, which only a column with a name of its own tells. */
export const statementsThatSayTheirCurrency: readonly Statement[] = [
  {
    name: 'a card of a savings bank',
    currency: 'CHF',
    encoding: 'windows-1252',
    text: `"Umsatz getätigt von";"Belegdatum";"Buchungsdatum";"Originalbetrag";"Originalwährung";"Umrechnungskurs";"Buchungsbetrag";"Buchungswährung";"Transaktionsbeschreibung";"Transaktionsbeschreibung Zusatz";"Buchungsreferenz"
"1234";"27.04.26";"28.04.26";"-5,50";"USD";"1,134";"-4,85";"EUR";"DINER";"";"1"
"1234";"02.04.26";"02.04.26";"100,00";"EUR";"";"100,00";"EUR";"GUTSCHRIFT";"";"2"`,
    rows: ['2026-04-28 -4.85 EUR DINER', '2026-04-02 +100.00 EUR GUTSCHRIFT'],
  },
  {
    name: 'a card of UBS',
    currency: 'EUR',
    encoding: 'windows-1252',
    text: `sep=;
Kontonummer;Kartennummer;Konto-/Karteninhaber;Einkaufsdatum;Buchungstext;Branche;Betrag;Originalwährung;Kurs;Währung;Belastung;Gutschrift;Buchung
0240;1234;ADA;27.04.2026;DINER;Restaurants;5.50;USD;0.88;CHF;4.85;;28.04.2026
0240;1234;ADA;26.04.2026;COOP;Lebensmittel;9.90;CHF;;CHF;9.90;;27.04.2026
0240;1234;ADA;02.04.2026;ZAHLUNG;;;;;CHF;;2345.67;02.04.2026`,
    rows: ['2026-04-28 -4.85 CHF DINER', '2026-04-27 -9.90 CHF COOP', '2026-04-02 +2345.67 CHF ZAHLUNG'],
  },
  {
    name: 'Belfius',
    currency: 'CHF',
    encoding: 'windows-1252',
    text: `Boekingsdatum vanaf;01/04/2026
Bedrag vanaf;
Laatste saldo;1.000,00 EUR
;
Rekening;Boekingsdatum;Rekeninguittrekselnummer;Transactienummer;Rekening tegenpartij;Naam tegenpartij bevat;Straat en nummer;Postcode en plaats;Transactie;Valutadatum;Bedrag;Devies;BIC;Landcode;Mededelingen
BE12;28/04/2026;00004;00012;BE34;BAKKER;;;BETALING BAKKER;28/04/2026;-4,85;EUR;GKCC;BE;Brood
BE12;02/04/2026;00004;00011;BE34;FIRMA;;;OVERSCHRIJVING;02/04/2026;2345,67;EUR;GKCC;BE;Loon`,
    rows: ['2026-04-28 -4.85 EUR Brood', '2026-04-02 +2345.67 EUR Loon'],
  },
  {
    name: 'ING BE',
    currency: 'CHF',
    encoding: 'windows-1252',
    text: `Rekeningnummer;Naam van de rekening;Rekening tegenpartij;Omzetnummer;Boekingsdatum;Valutadatum;Bedrag;Munteenheid;Omschrijving;Detail van de omzet;Bericht
BE12;Ada;BE34;012;28/04/2026;28/04/2026;-4,85;EUR;Bakker;;
BE12;Ada;BE34;011;02/04/2026;02/04/2026;2345,67;EUR;Firma;;Loon`,
    rows: ['2026-04-28 -4.85 EUR Bakker', '2026-04-02 +2345.67 EUR Firma'],
  },
  {
    name: 'BNP Paribas Fortis',
    currency: 'CHF',
    encoding: 'utf-8 marked',
    text: `Volgnummer;Uitvoeringsdatum;Valutadatum;Bedrag;Valuta rekening;Rekeningnummer;Type verrichting;Tegenpartij;Naam van de tegenpartij;Mededeling;Details;Status;Reden van weigering
2026-00012;28/04/2026;28/04/2026;-4,85;EUR;BE12;Kaartbetaling;BE34;BAKKER;;BETALING MET KAART;Geaccepteerd;
2026-00011;02/04/2026;02/04/2026;2345,67;EUR;BE12;Overschrijving;BE34;FIRMA;Loon;OVERSCHRIJVING;Geweigerd;saldo`,
    rows: ['2026-04-28 -4.85 EUR BETALING MET KAART', ' not-a-transaction'],
  },
  {
    name: 'BNP Paribas Fortis, in French',
    currency: 'CHF',
    encoding: 'utf-8 marked',
    text: `N\u00ba de séquence;Date d'exécution;Date valeur;Montant;Devise du compte;Numéro de compte;Type de transaction;Contrepartie;Nom de la contrepartie;Communication;Détails;Statut;Motif du refus
2026-00012;28/04/2026;28/04/2026;-4,85;EUR;BE12;Paiement;BE34;BOULANGER;;PAIEMENT PAR CARTE;Accepté;`,
    rows: ['2026-04-28 -4.85 EUR PAIEMENT PAR CARTE'],
  },
  {
    name: 'Nordea FI',
    currency: 'USD',
    encoding: 'utf-8 marked',
    text: `Kirjauspäivä;Määrä;Maksaja;Maksunsaaja;Nimi;Otsikko;Viesti;Viitenumero;Saldo;Valuutta;
2026/04/28;-4,85;FI12;;;K-MARKET;;;995,15;EUR;
2026/04/02;2345,67;;FI12;Firma;PALKKA;;;1000,00;EUR;`,
    rows: ['2026-04-28 -4.85 EUR K-MARKET', '2026-04-02 +2345.67 EUR PALKKA'],
  },
  {
    name: 'Knab, where nothing came in',
    currency: 'USD',
    encoding: 'utf-8',
    text: `KNAB EXPORT;;;;;;;;;;;;;;;
Rekeningnummer;Transactiedatum;Valutacode;CreditDebet;Bedrag;Tegenrekeningnummer;Tegenrekeninghouder;Valutadatum;Betaalwijze;Omschrijving;Type betaling;Machtigingsnummer;Incassant ID;Adres;Referentie;Boekdatum;
NL12;28-04-2026;EUR;D;4,85;NL34;Bakker;28-04-2026;Betaalpas;Brood;Betaalautomaat;;;;ABC;28-04-2026;`,
    rows: ['2026-04-28 -4.85 EUR Brood'],
  },
  {
    name: 'Revolut Business',
    currency: 'EUR',
    encoding: 'utf-8',
    text: `Date started (UTC),Date completed (UTC),ID,Type,State,Description,Reference,Payer,Card number,Card label,Card state,Orig currency,Orig amount,Payment currency,Amount,Total amount,Exchange rate,Fee,Fee currency,Balance,Account
2026-04-27,2026-04-28,abc,CARD_PAYMENT,COMPLETED,Diner,,Ada,1234,,ACTIVE,USD,-5.50,GBP,-4.85,-4.85,1.13,0.00,GBP,995.15,Main
2026-04-02,2026-04-02,abd,TOPUP,COMPLETED,Firm,,,,,,GBP,2345.67,GBP,2345.67,2345.67,,0.00,GBP,1000.00,Main`,
    rows: ['2026-04-28 -4.85 GBP Diner', '2026-04-02 +2345.67 GBP Firm'],
  },
];
