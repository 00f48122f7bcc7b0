import type { Statement } from './statements.ts';

/** Of Britain and America, of programs, and of Japan. */
export const englishStatements: readonly Statement[] = [
  {
    name: 'Revolut',
    currency: 'EUR',
    encoding: 'utf-8',
    text: `Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance
CARD_PAYMENT,Current,2026-04-27 10:11:12,2026-04-28 03:04:05,Cafe,-4.85,0.00,GBP,COMPLETED,995.15
TOPUP,Current,2026-04-02 10:11:12,2026-04-02 10:11:13,Top-Up,2345.67,0.00,GBP,COMPLETED,1000.00
CARD_PAYMENT,Current,2026-04-29 10:11:12,,Shop,-9.99,0.00,GBP,REVERTED,`,
    rows: ['2026-04-28 -4.85 GBP Cafe', '2026-04-02 +2345.67 GBP Top-Up', ' not-a-transaction'],
  },
  {
    name: 'Wise',
    currency: 'EUR',
    encoding: 'utf-8',
    text: `"TransferWise ID",Date,Amount,Currency,Description,"Payment Reference","Running Balance","Exchange From","Exchange To","Exchange Rate","Payer Name","Payee Name","Payee Account Number",Merchant,"Card Last Four Digits","Card Holder Full Name",Attachment,Note,"Total fees","Exchange To Amount"
CARD-1,28-04-2026,-4.85,GBP,"Card transaction of 5.50 USD issued by Diner",,995.15,GBP,USD,1.1340,,,,Diner,1234,"Ada",,,0.02,5.50
TRANSFER-2,02-04-2026,2345.67,GBP,"Received money from Firm",Pay,1000.00,,,,Firm,,,,,,,,0.00,`,
    rows: ['2026-04-28 -4.85 GBP Card transaction of 5.50 USD issued by Diner', '2026-04-02 +2345.67 GBP Received money from Firm'],
  },
  {
    name: 'Monzo',
    currency: 'GBP',
    encoding: 'utf-8',
    text: `Transaction ID,Date,Time,Type,Name,Emoji,Category,Amount,Currency,Local amount,Local currency,Notes and #tags,Address,Receipt,Description,Category split,Money Out,Money In
tx_1,28/04/2026,10:11:12,Card payment,Diner,🍳,Eating out,-4.85,GBP,-5.50,USD,,1 Street,,DINER NEW YORK,,-4.85,
tx_2,02/04/2026,10:11:12,Faster payment,Firm,,Income,2345.67,GBP,2345.67,GBP,,,,PAY,,,2345.67`,
    rows: ['2026-04-28 -4.85 GBP DINER NEW YORK', '2026-04-02 +2345.67 GBP PAY'],
  },
  {
    name: 'Barclays',
    currency: 'GBP',
    encoding: 'utf-8',
    text: `Number,Date,Account,Amount,Subcategory,Memo
\t ,28/04/2026,20-00-00 12345678,-4.85,PAYMENT,"CAFE LONDON       \t ON 27 APR BCC"
 ,02/04/2026,20-00-00 12345678,2345.67,DIRECTDEP,FIRM    \tPAY BGC`,
    rows: ['2026-04-28 -4.85 GBP CAFE LONDON       	 ON 27 APR BCC', '2026-04-02 +2345.67 GBP FIRM    	PAY BGC'],
  },
  {
    name: 'HSBC UK',
    currency: 'GBP',
    encoding: 'utf-8',
    text: `28/04/2026,CARD PAYMENT CAFE,-4.85
02/04/2026,FIRM PAY,"2,345.67"`,
    rows: ['2026-04-28 -4.85 GBP CARD PAYMENT CAFE', '2026-04-02 +2345.67 GBP FIRM PAY'],
  },
  {
    name: 'Lloyds',
    currency: 'GBP',
    encoding: 'utf-8',
    text: `Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,Debit Amount,Credit Amount,Balance
28/04/2026,DEB,'30-00-00,12345678,CAFE,4.85,,995.15
02/04/2026,FPI,'30-00-00,12345678,FIRM,,2345.67,1000.00`,
    rows: ['2026-04-28 -4.85 GBP CAFE', '2026-04-02 +2345.67 GBP FIRM'],
  },
  {
    name: 'Bank of America',
    currency: 'USD',
    encoding: 'utf-8',
    text: `Description,,Summary Amt.
Beginning balance as of 04/01/2026,,"1,000.00"
Total credits,,"2,345.67"
Total debits,,"-4.85"
Ending balance as of 04/30/2026,,"3,340.82"

Date,Description,Amount,Running Bal.
04/01/2026,Beginning balance as of 04/01/2026,,"1,000.00"
04/02/2026,"PAYROLL","2,345.67","3,345.67"
04/28/2026,"COFFEE","-4.85","3,340.82"`,
    rows: ['/amount required', '2026-04-02 +2345.67 USD PAYROLL', '2026-04-28 -4.85 USD COFFEE'],
  },
  {
    name: 'American Express',
    currency: 'USD',
    encoding: 'utf-8',
    invertSign: true,
    text: `Date,Description,Card Member,Account #,Amount
04/28/2026,COFFEE,ADA,-11001,4.85
04/02/2026,PAYMENT - THANK YOU,ADA,-11001,-2345.67`,
    rows: ['2026-04-28 -4.85 USD COFFEE', '2026-04-02 +2345.67 USD PAYMENT - THANK YOU'],
  },
  {
    name: 'Apple Card',
    currency: 'USD',
    encoding: 'utf-8',
    text: `Transaction Date,Clearing Date,Description,Merchant,Category,Type,Amount (USD),Purchased By
04/27/2026,04/28/2026,"COFFEE 123 STREET","Coffee","Restaurants","Purchase","4.85","Ada"
04/02/2026,04/02/2026,"ACH DEPOSIT INTERNET TRANSFER","Ach Deposit","Payment","Payment","-2345.67","Ada"`,
    rows: ['2026-04-27 -4.85 USD COFFEE 123 STREET', '/amount amount-not-positive'],
  },
  {
    name: 'Capital One',
    currency: 'USD',
    encoding: 'utf-8',
    text: `Transaction Date,Posted Date,Card No.,Description,Category,Debit,Credit
2026-04-28,2026-04-29,1234,COFFEE,Dining,4.85,
2026-04-02,2026-04-03,1234,CAPITAL ONE PYMT,Payment/Credit,,2345.67`,
    rows: ['2026-04-28 -4.85 USD COFFEE', '2026-04-02 +2345.67 USD CAPITAL ONE PYMT'],
  },
  {
    name: 'Capital One 360',
    currency: 'USD',
    encoding: 'utf-8',
    text: `Account Number,Transaction Description,Transaction Date,Transaction Type,Transaction Amount,Balance
1234,COFFEE,04/28/26,Debit,4.85,995.15
1234,Payroll,04/02/26,Credit,2345.67,1000`,
    rows: ['2026-04-28 -4.85 USD COFFEE', '2026-04-02 +2345.67 USD Payroll'],
  },
  {
    name: 'PayPal',
    currency: 'EUR',
    encoding: 'utf-8 marked',
    text: `"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","From Email Address","To Email Address","Transaction ID","Item Title","Balance","Balance Impact"
"28/04/2026","10:11:12","Europe/Berlin","Shop","Express Checkout Payment","Completed","USD","-4.85","0.00","-4.85","a@example.com","b@example.com","1AB","Book","0.00","Debit"
"02/04/2026","10:11:12","Europe/Berlin","Buyer","Mobile Payment","Completed","USD","2,400.00","-54.33","2,345.67","c@example.com","a@example.com","2AB","Bike","4.85","Credit"`,
    rows: ['2026-04-28 -4.85 USD Shop', '2026-04-02 +2345.67 USD Buyer'],
  },
  {
    name: 'Mint',
    currency: 'USD',
    encoding: 'utf-8',
    text: `"Date","Description","Original Description","Amount","Transaction Type","Category","Account Name","Labels","Notes"
"4/28/2026","Coffee","COFFEE #12","4.85","debit","Coffee Shops","Checking","",""
"4/02/2026","Payroll","PAYROLL","2345.67","credit","Paycheck","Checking","",""`,
    rows: ['2026-04-28 -4.85 USD Coffee', '2026-04-02 +2345.67 USD Payroll'],
  },
  {
    name: 'YNAB',
    currency: 'USD',
    encoding: 'utf-8 marked',
    text: `"Account","Flag","Date","Payee","Category Group/Category","Category Group","Category","Memo","Outflow","Inflow","Cleared"
"Checking","","04/28/2026","Cafe","Food: Coffee","Food","Coffee","",$4.85,$0.00,"Cleared"
"Checking","","04/02/2026","Firm","Inflow: Ready to Assign","Inflow","Ready to Assign","",$0.00,$2345.67,"Cleared"`,
    rows: ['2026-04-28 -4.85 USD Cafe', '2026-04-02 +2345.67 USD Firm'],
  },
  {
    name: 'a bank in Japan',
    currency: 'JPY',
    encoding: 'utf-16le',
    text: `"日付","内容","出金金額(円)","入金金額(円)","残高(円)","メモ"
"2026/04/28","デビット コンビニ","485","","99,515","-"
"2026/04/02","給与 カブシキガイシャ","","234,567","100,000","-"`,
    rows: ['2026-04-28 -485 JPY デビット コンビニ', '2026-04-02 +234567 JPY 給与 カブシキガイシャ'],
  },
  {
    name: 'another bank in Japan',
    currency: 'JPY',
    encoding: 'utf-8 marked',
    text: `"年月日","お引出し","お預入れ","お取り扱い内容","残高"
"2026/04/28","4,850","","ガス代","99,515"
"2026/04/02","","234,567","給料振込","104,365"`,
    rows: ['2026-04-28 -4850 JPY ガス代', '2026-04-02 +234567 JPY 給料振込'],
  },
  {
    name: 'a card in Japan',
    currency: 'JPY',
    encoding: 'utf-8',
    text: `"利用日","利用店名・商品名","利用者","支払方法","利用金額","支払手数料","支払総額"
"2026/04/28","コンビニ","本人","1回払い","485","0","485"`,
    rows: ['2026-04-28 -485 JPY コンビニ'],
  },
  {
    name: 'Venmo',
    currency: 'USD',
    encoding: 'utf-8',
    text: `Account Statement - (@ada) ,,,,,,,,
Account Activity,,,,,,,,
,ID,Datetime,Type,Status,Note,From,To,Amount (total)
,1,2026-04-28T10:11:12,Payment,Complete,Lunch,Ada,Bob,- $4.85
,2,2026-04-02T10:11:12,Payment,Complete,Rent,Bob,Ada,"+ $2,345.67"`,
    rows: ['2026-04-28 -4.85 USD Lunch', '2026-04-02 +2345.67 USD Rent'],
  },
];
