/** ISO 4217, list one (active codes and funds with a minor unit), plus the two withdrawn in 2025 and 2026 (ANG, BGN), for older records.
 *  Codes without a minor unit (gold, SDR, test codes) are no money that people share and are left out. */
const twoDecimals =
  'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC ' +
  'CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD ' +
  'KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN ' +
  'QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED ' +
  'VES WST XCD XCG YER ZAR ZMW ZWG';
const otherDecimals: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

const exponents = new Map<string, number>(twoDecimals.split(' ').map((code) => [code, 2]));
for (const [exponent, codes] of Object.entries(otherDecimals)) for (const code of codes.split(' ')) exponents.set(code, Number(exponent));

/** All accepted codes, in alphabetical order. */
export const currencyCodes: readonly string[] = [...exponents.keys()].toSorted();

/** How many decimals the currency has (its ISO 4217 exponent, 0 to 4); undefined for an unknown code. Exact case. */
export const exponentOf = (currency: string): number | undefined => exponents.get(currency);

export const isCurrency = (currency: string): boolean => exponents.has(currency);

/** For codes that were checked when they came in: an unknown one here is a bug. */
export function knownExponent(currency: string): number {
  const exponent = exponents.get(currency);
  if (exponent === undefined) throw new RangeError(`not an ISO 4217 currency: ${currency}`);
  return exponent;
}
