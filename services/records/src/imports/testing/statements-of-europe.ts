import type { Statement } from './statements.ts';

/** Of the Netherlands, France, the North and the East. */
export const europeanStatements: readonly Statement[] = [
  {
    name: 'bunq',
    currency: 'EUR',
    encoding: 'utf-8',
    text: `"Date","Interest Date","Amount","Account","Counterparty","Name","Description"
"2026-04-28","2026-04-28","-4.85","NL12BUNQ","NL34","Markt","Einkauf 1"
"2026-04-02","2026-04-02","2,345.67","NL12BUNQ","NL34","Firma","Gehalt"`,
    rows: ['2026-04-28 -4.85 EUR Einkauf 1', '2026-04-02 +2345.67 EUR Gehalt'],
  },
  {
    name: 'Rabobank',
    currency: 'EUR',
    encoding: 'windows-1252',
    text: `"IBAN/BBAN","Munt","BIC","Volgnr","Datum","Rentedatum","Bedrag","Saldo na trn","Tegenrekening IBAN/BBAN","Naam tegenpartij","Naam uiteindelijke partij","Naam initiërende partij","BIC tegenpartij","Code","Batch ID","Transactiereferentie","Machtigingskenmerk","Incassant ID","Betalingskenmerk","Omschrijving-1","Omschrijving-2","Omschrijving-3","Reden retour","Oorspr bedrag","Oorspr munt","Koers"
"NL20RABO0123456789","EUR","RABONL2U","000000000000000001","2026-04-28","2026-04-28","-4,85","+995,15","NL44","Jansen","","","INGBNL2A","bc","","","","","","Boodschappen"," "," ","","","",""
"NL20RABO0123456789","EUR","RABONL2U","000000000000000002","2026-04-02","2026-04-02","+2.345,67","+1.000,00","NL44","Werkgever","","","INGBNL2A","cb","","","","","","Salaris"," "," ","","","",""`,
    rows: ['2026-04-28 -4.85 EUR Boodschappen', '2026-04-02 +2345.67 EUR Salaris'],
  },
  {
    name: 'ING NL',
    currency: 'EUR',
    encoding: 'utf-8',
    text: `"Datum";"Naam / Omschrijving";"Rekening";"Tegenrekening";"Code";"Af Bij";"Bedrag (EUR)";"Mutatiesoort";"Mededelingen";"Saldo na mutatie";"Tag"
"20260428";"Groenteboer";"NL20";"";"BA";"Af";"4,85";"Betaalautomaat";"Pasvolgnr";"995,15";""
"20260402";"Werkgever";"NL20";"NL44";"OV";"Bij";"2345,67";"Overschrijving";"Salaris";"1000,00";""`,
    rows: ['2026-04-28 -4.85 EUR Groenteboer', '2026-04-02 +2345.67 EUR Werkgever'],
  },
  {
    name: 'ABN AMRO',
    currency: 'EUR',
    encoding: 'utf-8',
    text: `accountNumber;mutationcode;transactiondate;valuedate;startsaldo;endsaldo;amount;description
123456789;EUR;20260428;20260428;1000,00;995,15;-4,85;BEA Groenteboer
123456789;EUR;20260402;20260402;995,15;3340,82;2345,67;SEPA Salaris`,
    rows: ['2026-04-28 -4.85 EUR BEA Groenteboer', '2026-04-02 +2345.67 EUR SEPA Salaris'],
  },
  {
    name: 'BNP Paribas',
    currency: 'EUR',
    encoding: 'utf-8 marked',
    text: `Date operation;Categorie operation;Sous Categorie operation;Libelle operation;Montant operation;Pointage operation
28-04-2026;Alimentation;Boulangerie;CARTE BOULANGERIE;-4,85;0
02-04-2026;Revenus;Salaire;VIR SALAIRE;2345,67;0`,
    rows: ['2026-04-28 -4.85 EUR CARTE BOULANGERIE', '2026-04-02 +2345.67 EUR VIR SALAIRE'],
  },
  {
    name: 'Credit Agricole',
    currency: 'EUR',
    encoding: 'windows-1252',
    text: `Téléchargement du 30/04/2026;

M. DUPONT PIERRE
Compte de Dépôt carte n° 12345678901;
Solde au 30/04/2026 1 234,56 €
Liste des opérations du compte entre le 01/04/2026 et le 30/04/2026;

Date;Libellé;Débit euros;Crédit euros;
28/04/2026;"PAIEMENT PAR CARTE
BOULANGERIE ETE                ";4,85;;
02/04/2026;"VIREMENT EN VOTRE FAVEUR
SALAIRE    ";;2\u00a0345,67;`,
    rows: ['2026-04-28 -4.85 EUR PAIEMENT PAR CARTE\nBOULANGERIE ETE', '2026-04-02 +2345.67 EUR VIREMENT EN VOTRE FAVEUR\nSALAIRE'],
  },
  {
    name: 'Boursorama',
    currency: 'EUR',
    encoding: 'utf-8 marked',
    text: `dateOp;dateVal;label;category;categoryParent;supplierFound;amount;comment;accountNum;accountLabel;accountbalance
2026-04-28;2026-04-27;"CARTE 27/04/26 BOULANGERIE CB*1234";"Alimentation";"Vie quotidienne";"boulangerie";-4,85;;00040123456;"BoursoBank";995.15
2026-04-02;2026-04-02;"VIR SEPA SALAIRE";"Salaires";"Revenus";;2 345,67;;00040123456;"BoursoBank";1000.00`,
    rows: ['2026-04-28 -4.85 EUR CARTE 27/04/26 BOULANGERIE CB*1234', '2026-04-02 +2345.67 EUR VIR SEPA SALAIRE'],
  },
  {
    name: 'La Banque Postale',
    currency: 'EUR',
    encoding: 'windows-1252',
    text: `Numéro Compte   :;1234567X020
Type         :;CCP
Compte tenu en  :;euros
Date            :;30/04/2026
Solde (EUROS)   :;1234,56
Solde (FRANCS)  :;8098,21

Date;Libellé;Montant(EUROS);Montant(FRANCS)
28/04/2026;"ACHAT CB BOULANGERIE 27.04.26";-4,85;-31,81
02/04/2026;"VIREMENT DE FIRME";2345,67;15386,59`,
    rows: ['2026-04-28 -4.85 EUR ACHAT CB BOULANGERIE 27.04.26', '2026-04-02 +2345.67 EUR VIREMENT DE FIRME'],
  },
  {
    name: 'KBC',
    currency: 'EUR',
    encoding: 'utf-8',
    text: `Rekeningnummer;Rubrieknaam;Naam;Munt;Afschriftnummer;Datum;Omschrijving;Valuta;Bedrag;Saldo;credit;debet;rekeningnummer tegenpartij;BIC tegenpartij;Naam tegenpartij;Adres tegenpartij;gestructureerde mededeling;Vrije mededeling
BE12;;ADA;EUR; 01026001;28/04/2026;BETALING BAKKER;28/04/2026;-4,85;995,15;;-4,85;;;;;;
BE12;;ADA;EUR; 01026001;02/04/2026;OVERSCHRIJVING FIRMA;02/04/2026;2345,67;1000,00;2345,67;;;;;;;`,
    rows: ['2026-04-28 -4.85 EUR BETALING BAKKER', '2026-04-02 +2345.67 EUR OVERSCHRIJVING FIRMA'],
  },
  {
    name: 'Handelsbanken',
    currency: 'SEK',
    encoding: 'utf-8',
    text: `Reskontradatum\tTransaktionsdatum\tText\tBelopp\tSaldo
2026-04-28\t2026-04-27\tICA NARA\t\u22121\u00a0234,50\t10\u00a0000,00
2026-04-02\t2026-04-02\tLÖN\t2\u202f345,67\t11\u00a0234,50`,
    rows: ['2026-04-27 -1234.50 SEK ICA NARA', '2026-04-02 +2345.67 SEK LÖN'],
  },
  {
    name: 'Nordea SE',
    currency: 'SEK',
    encoding: 'utf-8 marked',
    text: `Bokföringsdag;Belopp;Avsändare;Mottagare;Namn;Rubrik;Saldo;Valuta
2026/04/28;-4,85;1234 56;;;Kortköp ICA;995,15;SEK
2026/04/02;2345,67;;1234 56;Firma;Lön;1000,00;SEK`,
    rows: ['2026-04-28 -4.85 SEK Kortköp ICA', '2026-04-02 +2345.67 SEK Lön'],
  },
  {
    name: 'Swedbank',
    currency: 'SEK',
    encoding: 'windows-1252',
    text: `* Transaktioner Period 2026-04-01 - 2026-04-30 Skapad 2026-04-30 12:00 CEST
Radnummer,Clearingnummer,Kontonummer,Produkt,Valuta,Bokföringsdag,Transaktionsdag,Valutadag,Referens,Beskrivning,Belopp,Bokfört saldo
1,81059,1234567890,"Privatkonto",SEK,2026-04-28,2026-04-27,2026-04-28,"ICA","Kortköp",-4.85,995.15
2,81059,1234567890,"Privatkonto",SEK,2026-04-02,2026-04-02,2026-04-02,"Lön","Lön firma",2345.67,1000.00`,
    rows: ['2026-04-28 -4.85 SEK Kortköp', '2026-04-02 +2345.67 SEK Lön firma'],
  },
  {
    name: 'mBank',
    currency: 'EUR',
    encoding: 'utf-8',
    text: `mBank S.A. Bankowość Detaliczna;
Skrytka Pocztowa 2108;

#Klient;
ADA PRZYKLAD;

Lista operacji;

#Za okres:;
od 01.04.2026;do 30.04.2026;

#Waluta;#Wpływy;#Wydatki;
PLN;2 345,67;-4,85;

#Data operacji;#Opis operacji;#Rachunek;#Kategoria;#Kwota;
2026-04-28;"ZAKUP PRZY UŻYCIU KARTY";"eKonto 1111 ... 1111";"Żywność";-4,85 PLN;;
2026-04-02;"PRZELEW WYNAGRODZENIE";"eKonto 1111 ... 1111";"Wpływy";2 345,67 PLN;;`,
    rows: ['2026-04-28 -4.85 PLN ZAKUP PRZY UŻYCIU KARTY', '2026-04-02 +2345.67 PLN PRZELEW WYNAGRODZENIE'],
  },
  {
    name: 'PKO',
    currency: 'EUR',
    encoding: 'utf-8',
    text: `"Data operacji","Data waluty","Typ transakcji","Kwota","Waluta","Saldo po transakcji","Opis transakcji","","","",""
"2026-04-28","2026-04-27","Płatność kartą","-4.85","PLN","+995.15","Tytuł: 000123","Lokalizacja: Kraj: POLSKA","Data i czas operacji: 2026-04-27","Oryginalna kwota operacji: 4.85 PLN",""
"2026-04-02","2026-04-02","Przelew na konto","+2345.67","PLN","+1000.00","Rachunek nadawcy: 12","Nazwa nadawcy: FIRMA","Tytuł: WYNAGRODZENIE","",""`,
    rows: ['2026-04-28 -4.85 PLN Tytuł: 000123', '2026-04-02 +2345.67 PLN Rachunek nadawcy: 12'],
  },
  {
    name: 'Danske DK',
    currency: 'DKK',
    encoding: 'windows-1252',
    text: `"Dato";"Tekst";"Beløb";"Saldo";"Status";"Afstemt"
"28.04.2026";"Netto";"-4,85";"995,15";"Udført";"Nej"
"02.04.2026";"Løn";"2.345,67";"1.000,00";"Udført";"Nej"`,
    rows: ['2026-04-28 -4.85 DKK Netto', '2026-04-02 +2345.67 DKK Løn'],
  },
  {
    name: 'OP FI',
    currency: 'EUR',
    encoding: 'windows-1252',
    text: `"Kirjauspäivä";"Arvopäivä";"Määrä EUROA";"Laji";"Selitys";"Saaja/Maksaja";"Viesti"
2026-04-28;2026-04-28;-4,85;162;"PKORTTIMAKSU";"K-MARKET";"Viesti"
2026-04-02;2026-04-02;+2345,67;710;"PALKKA";"FIRMA";""`,
    rows: ['2026-04-28 -4.85 EUR PKORTTIMAKSU', '2026-04-02 +2345.67 EUR PALKKA'],
  },
  {
    name: 'CSOB CZ',
    currency: 'CZK',
    encoding: 'utf-8',
    text: `Datum zaúčtování;Částka;Měna;Zůstatek;Číslo protiúčtu;Název protiúčtu;Zpráva
28.04.2026;-4,85;CZK;995,15;123;Pekárna;nákup
02.04.2026;2 345,67;CZK;1 000,00;124;Firma;mzda`,
    rows: ['2026-04-28 -4.85 CZK nákup', '2026-04-02 +2345.67 CZK mzda'],
  },
];
