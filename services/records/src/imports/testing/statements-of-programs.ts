import type { Statement } from './statements.ts';

const otherWayRound = `date,name,amount,status,category,type,account
2026-04-28,Cafe,4.85,posted,Coffee,regular,Visa
2026-04-02,Payroll,-2345.67,posted,,income,Checking`;

/** Of programs in which people share money, keep budgets and books. */
export const programStatements: readonly Statement[] = [
  {
    name: 'Splitwise',
    currency: 'EUR',
    encoding: 'utf-8',
    text: `Date,Description,Category,Cost,Currency,Ada,Ben

2026-04-28,Dinner,Dining out,48.50,EUR,24.25,-24.25
2026-04-29,Taxi,Taxi,10.00,EUR,-5.00,5.00

2026-05-01,Total balance, , ,EUR,19.25,-19.25`,
    rows: ['2026-04-28 -48.50 EUR Dinner', '2026-04-29 -10.00 EUR Taxi', '/amount required'],
  },
  {
    name: 'Tricount',
    currency: 'EUR',
    encoding: 'utf-8',
    text: `Title,Amount,Currency,Exchange rate,Date & time,Type,Category,Paid by,Paid for Ada,Paid for Ben
Dinner,48.5,EUR,1,2026-04-28 19:30:00,Expense,Restaurants,Ada,24.25,24.25
Refund,10,EUR,1,2026-04-29 08:00:00,Income,Other,Ben,5,5
Ada to Ben,20,EUR,1,2026-04-30 08:00:00,Money transfer,,Ada,0,20`,
    rows: ['2026-04-28 -48.50 EUR Dinner', '2026-04-29 +10.00 EUR Refund', '/type invalid-value'],
  },
  {
    name: 'Settle Up',
    currency: 'EUR',
    encoding: 'utf-8',
    text: `"Who paid","Amount","Currency","For whom","Split amounts","Purpose","Category","Date & time","Exchange rate","Converted amount","Type","Receipt"
"Ada","48.5","EUR","Ada;Ben","24.25;24.25","Dinner","","2026-04-28 19:30:00","","","expense",""
"Ben","24.25","EUR","Ada","24.25","Debt settlement","","2026-04-29 10:00:00","","","transfer",""`,
    rows: ['2026-04-28 -48.50 EUR Dinner', '/type invalid-value'],
  },
  {
    name: 'Copilot',
    currency: 'USD',
    encoding: 'utf-8',
    text: otherWayRound,
    rows: ['/type invalid-value', '/amount amount-not-positive'],
  },
  {
    name: 'Copilot, told that its signs are the other way round',
    currency: 'USD',
    encoding: 'utf-8',
    invertSign: true,
    text: otherWayRound,
    rows: ['2026-04-28 -4.85 USD Cafe', '2026-04-02 +2345.67 USD Payroll'],
  },
  {
    name: 'lexoffice',
    currency: 'EUR',
    encoding: 'utf-8',
    text: `"Belegart";"Belegdatum";"Belegnummer";"Kontakt";"Betrag (brutto)";"Steuer";"Status";"Fällig am"
"Ausgabe";"28.04.2026";"R-1";"Cafe König";"4,85";"0,77";"bezahlt";"28.04.2026"
"Rechnung";"02.04.2026";"RE1001";"Kunde";"2.345,67";"374,52";"offen";"16.04.2026"`,
    rows: ['2026-04-28 -4.85 EUR Cafe König', '/type invalid-value'],
  },
  {
    name: 'Spendesk',
    currency: 'EUR',
    encoding: 'utf-8',
    text: `Payment date;Payer;Supplier;Description;Amount (debited);Currency (debited);Local amount;Local currency;State;Type
28/04/2026;Ada;Cafe;Coffee;4,85;EUR;5,50;USD;paid;card
27/04/2026;Ada;Taxi;Ride;18,00;EUR;18,00;EUR;paid;card`,
    rows: ['2026-04-28 -4.85 EUR Coffee', '2026-04-27 -18.00 EUR Ride'],
  },
  {
    name: 'Firefly III',
    currency: 'EUR',
    encoding: 'utf-8',
    text: `type,currency_code,amount,foreign_currency_code,foreign_amount,description,date,source_name,destination_name,category,tags
Withdrawal,USD,-4.850000000000,,,Coffee,2026-04-28T00:00:00+02:00,Checking,Cafe,Food,
Deposit,USD,2345.670000000000,,,Pay,2026-04-02T00:00:00+02:00,Firm,Checking,Salary,`,
    rows: ['2026-04-28 -4.85 USD Coffee', '2026-04-02 +2345.67 USD Pay'],
  },
  {
    name: 'Coinbase',
    currency: 'EUR',
    encoding: 'utf-8',
    text: `Transactions
User,Ada,1234
ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,Subtotal,Total (inclusive of fees and/or spread),Fees and/or Spread,Notes
1,2026-04-28 10:11:12 UTC,Buy,BTC,0.001,EUR,€50000.00,€50.00,€51.99,€1.99,Bought
2,2026-04-27 10:11:12 UTC,Deposit,EUR,100,EUR,€1.00,€100.00,€100.00,€0.00,Deposit from Bank`,
    rows: ['2026-04-28 -51.99 EUR Bought', '2026-04-27 +100.00 EUR Deposit from Bank'],
  },
  {
    name: 'Cash App',
    currency: 'USD',
    encoding: 'utf-8',
    text: `Transaction ID,Date,Transaction Type,Currency,Amount,Fee,Net Amount,Asset Type,Asset Price,Asset Amount,Status,Notes,Name of sender/receiver,Account
abc,2026-04-28 10:11:12 EDT,Cash Card,USD,-$4.85,$0,-$4.85,,,,COMPLETE,Coffee,Cafe,Visa
abd,2026-04-27 10:11:12 EDT,Received P2P,USD,$20.00,$0,$20.00,,,,COMPLETE,Pizza,Ben,Your Cash
abe,2026-04-27 10:12:12 EDT,Sent P2P,USD,-$30.00,$0,-$30.00,,,,FAILED,Pizza,Ben,Your Cash`,
    rows: ['2026-04-28 -4.85 USD Coffee', '2026-04-27 +20.00 USD Pizza', ' not-a-transaction'],
  },
  {
    name: 'a bank in Sweden with three decimals',
    currency: 'SEK',
    encoding: 'utf-8',
    text: `Bokföringsdatum;Valutadatum;Verifikationsnummer;Text;Belopp;Saldo
2026-04-28;2026-04-28;5484;ICA;-485,000;12345,670
2026-04-02;2026-04-02;5483;LÖN;23456,700;12830,670`,
    rows: ['2026-04-28 -485.00 SEK ICA', '2026-04-02 +23456.70 SEK LÖN'],
  },
];
