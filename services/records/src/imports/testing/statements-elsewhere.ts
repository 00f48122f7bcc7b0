import type { Statement } from './statements.ts';

/** Of Turkey, Greece, the Slavic countries, India, Brazil, Israel, Kenya, Indonesia, Korea and China. */
export const statementsElsewhere: readonly Statement[] = [
  {
    name: 'a bank in Turkey',
    currency: 'TRY',
    encoding: 'utf-8',
    text: `Tarih;Açıklama;Borç;Alacak;Bakiye
28/04/2026;KAHVE;4,85;;995,15
02/04/2026;MAAŞ;;2.345,67;1.000,00`,
    rows: ['2026-04-28 -4.85 TRY KAHVE', '2026-04-02 +2345.67 TRY MAAŞ'],
  },
  {
    name: 'a bank in Greece',
    currency: 'EUR',
    encoding: 'utf-8 marked',
    text: `Α/Α;Ημερομηνία;Αιτιολογία;Κατάστημα;Ποσό;Πρόσημο ποσού
1;28/04/2026;ΚΑΦΕΣ;99;4,85;Χ
2;02/04/2026;ΜΙΣΘΟΣ;99;2.345,67;Π`,
    rows: ['2026-04-28 -4.85 EUR ΚΑΦΕΣ', '2026-04-02 +2345.67 EUR ΜΙΣΘΟΣ'],
  },
  {
    name: 'a bank in Bulgaria',
    currency: 'EUR',
    encoding: 'utf-8',
    text: `Дата;Описание;Дебит BGN;Кредит BGN;Салдо
28.04.2026;Кафе;4.85;;995.15
02.04.2026;Заплата;;2345.67;1000.00`,
    rows: ['2026-04-28 -4.85 BGN Кафе', '2026-04-02 +2345.67 BGN Заплата'],
  },
  {
    name: 'a card in Ukraine',
    currency: 'UAH',
    encoding: 'utf-8',
    text: `"Date and time",Description,MCC,"Card currency amount, (UAH)","Operation amount","Operation currency","Exchange rate","Commission, (UAH)",Balance
"28.04.2026 10:11:12",Кава,5814,-4.85,-4.85,UAH,—,—,995.15
"02.04.2026 10:11:12",Hotel,4829,-200,-5.00,USD,40.0,—,1000.00`,
    rows: ['2026-04-28 -4.85 UAH Кава', '2026-04-02 -200.00 UAH Hotel'],
  },
  {
    name: 'a bank in Russia',
    currency: 'EUR',
    encoding: 'utf-8',
    text: `"Дата операции";"Дата платежа";"Статус";"Сумма операции";"Валюта операции";"Сумма платежа";"Валюта платежа";"Категория";"Описание"
"28.04.2026 10:11:12";"28.04.2026";"OK";"-4,85";"USD";"-400,00";"RUB";"Кафе";"Кофе"
"02.04.2026 10:11:12";"02.04.2026";"OK";"2345,67";"RUB";"2345,67";"RUB";"Зарплата";"Фирма"`,
    rows: ['2026-04-28 -400.00 RUB Кофе', '2026-04-02 +2345.67 RUB Фирма'],
  },
  {
    name: 'Axis in India, where nothing came in',
    currency: 'INR',
    encoding: 'utf-8',
    text: `Name :- ADA
Joint Holder :- -
Statement of Account No - 91 for the period (From : 01-04-2026 To : 30-04-2026)

Tran Date,CHQNO,PARTICULARS,DR,CR,BAL,SOL
28-04-2026,,UPI/COFFEE,            4.85,            ,            995.15,123
27-04-2026,,UPI/TEA,            3.85,            ,            1000.00,123`,
    rows: ['2026-04-28 -4.85 INR UPI/COFFEE', '2026-04-27 -3.85 INR UPI/TEA'],
  },
  {
    name: 'Banco do Brasil',
    currency: 'BRL',
    encoding: 'windows-1252',
    text: `"Data","Dependencia Origem","Histórico","Data do Balancete","Número do documento","Valor",
"31/03/2026","","Saldo Anterior","","0","1000.00",
"28/04/2026","","Compra com Cartão - CAFE","","12345","-4.85",
"02/04/2026","1234-5","Proventos","","12346","2345.67",
"30/04/2026","","S A L D O","","0","3340.82",`,
    rows: [
      ' not-a-transaction',
      '2026-04-28 -4.85 BRL Compra com Cartão - CAFE',
      '2026-04-02 +2345.67 BRL Proventos',
      ' not-a-transaction',
    ],
  },
  {
    name: 'a bank in Israel',
    currency: 'ILS',
    encoding: 'utf-8',
    text: `תאריך,תיאור,אסמכתא,בחובה,בזכות,היתרה
28/04/2026,קפה,1,4.85,,995.15
02/04/2026,משכורת,2,,"2,345.67","1,000.00"`,
    rows: ['2026-04-28 -4.85 ILS קפה', '2026-04-02 +2345.67 ILS משכורת'],
  },
  {
    name: 'M-Pesa',
    currency: 'KES',
    encoding: 'utf-8',
    text: `Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance
ABC,2026-04-28 10:11:12,Pay Bill to Shop,Completed,,-485.00,995.15
ABD,2026-04-02 10:11:12,Funds received from Firm,Completed,"2,345.67",,"1,000.00"`,
    rows: ['2026-04-28 -485.00 KES Pay Bill to Shop', '2026-04-02 +2345.67 KES Funds received from Firm'],
  },
  {
    name: 'a bank in Indonesia',
    currency: 'IDR',
    encoding: 'utf-8',
    text: `Tanggal,Keterangan,Debet,Kredit,Saldo
28/04/2026,KOPI,"48.500,00",,"1.000.000,00"
02/04/2026,GAJI,,"2.345.670,00","1.048.500,00"`,
    rows: ['2026-04-28 -48500.00 IDR KOPI', '2026-04-02 +2345670.00 IDR GAJI'],
  },
  {
    name: 'a bank in Korea',
    currency: 'KRW',
    encoding: 'utf-8 marked',
    text: `거래일자,거래시간,적요,출금(원),입금(원),내용,잔액(원),거래점
2026-04-28,10:11:12,체크카드,4850,0,카페,10000,강남
2026-04-02,10:11:12,급여,0,2345670,회사,14850,강남`,
    rows: ['2026-04-28 -4850 KRW 체크카드', '2026-04-02 +2345670 KRW 급여'],
  },
  {
    name: 'WeChat Pay',
    currency: 'CNY',
    encoding: 'utf-8 marked',
    text: `微信支付账单明细,,,,,,,,
起始时间：[2026-04-01 00:00:00] 终止时间：[2026-04-30 23:59:59],,,,,,,,
----------------------微信支付账单明细列表--------------------,,,,,,,,
交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注
2026-04-28 10:11:12,商户消费,咖啡,"拿铁",支出,¥4.85,零钱,支付成功,"1000\t","2000\t","/"
2026-04-02 10:11:12,转账,公司,"工资",收入,¥2345.67,/,已存入零钱,"1001\t","2001\t","/"
2026-04-03 10:11:12,零钱提现,银行,"/",/,¥100.00,银行,提现已到账,"1002\t","2002\t","/"`,
    rows: ['2026-04-28 -4.85 CNY 拿铁', '2026-04-02 +2345.67 CNY 工资', '/type invalid-value'],
  },
  {
    name: 'Alipay',
    currency: 'CNY',
    encoding: 'utf-8',
    text: `支付宝交易记录明细查询
---------------------------------交易记录明细列表------------------------------------
交易号       ,付款时间            ,交易对方      ,商品名称      ,金额（元）,收/支   ,交易状态    ,服务费（元）,备注,
20261\t,2026-04-28 10:11:12 ,咖啡 ,拿铁 ,4.85 ,支出 ,交易成功 ,0.00 , ,
20262\t,2026-04-02 10:11:12 ,公司 ,工资 ,2345.67 ,收入 ,交易成功 ,0.00 , ,
20263\t,2026-04-03 10:11:12 ,商店 ,书 ,50.00 ,支出 ,交易关闭 ,0.00 , ,`,
    rows: ['2026-04-28 -4.85 CNY 拿铁', '2026-04-02 +2345.67 CNY 工资', ' not-a-transaction'],
  },
];
